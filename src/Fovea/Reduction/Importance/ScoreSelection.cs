using Fovea.Reduction.Clustering;
using Fovea.Tensors.Kernels;

namespace Fovea.Reduction.Importance;

/// <summary>From scores to the tokens that stay. Indices are ascending.</summary>
public static class ScoreSelection
{
    /// <summary>How many a share keeps: the product in double precision, without its fraction; none is possible.</summary>
    public static int Count(int tokens, double share) => (int)Math.Clamp(Math.Truncate(tokens * share), 0, tokens);

    /// <summary>The best; of equal scores the lower index.</summary>
    public static int[] Best(ReadOnlySpan<float> scores, int count) => count == 0 ? [] : TopK.Ascending(scores, count);

    /// <summary>The best; of equal scores the higher index.</summary>
    public static int[] BestOfTiesLast(ReadOnlySpan<float> scores, int count)
    {
        int[] kept = Order.Ascending(scores)[(scores.Length - count)..];
        Array.Sort(kept);
        return kept;
    }

    /// <summary>Those above a threshold.</summary>
    public static int[] Above(ReadOnlySpan<float> scores, float threshold)
    {
        var kept = new List<int>();
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > threshold)
            {
                kept.Add(i);
            }
        }

        return [.. kept];
    }

    /// <summary>The score at which <paramref name="count"/> are at least as good; that of the last for none, as an index of −1 gives it.</summary>
    public static float Threshold(ReadOnlySpan<float> scores, int count)
    {
        int[] order = Order.Descending(scores);
        return scores[order[count == 0 ? ^1 : count - 1]];
    }

    /// <summary>Q1 + α·(Q3 − Q1), the quartiles interpolated linearly at q·(n − 1).</summary>
    public static float QuartileThreshold(ReadOnlySpan<float> scores, double alpha)
    {
        float[] sorted = scores.ToArray();
        Array.Sort(sorted);
        double first = Quantile(sorted, 0.25), third = Quantile(sorted, 0.75);
        return (float)(first + (alpha * (third - first)));
    }

    private static double Quantile(float[] sorted, double q)
    {
        double place = q * (sorted.Length - 1);
        int low = (int)place;
        return sorted[low] + ((place - low) * ((double)sorted[Math.Min(low + 1, sorted.Length - 1)] - sorted[low]));
    }
}
