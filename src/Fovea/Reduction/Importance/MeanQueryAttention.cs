using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Importance;

/// <summary>
/// EUTI's importance (PACT, arXiv 2504.08966): the softmax, head by head, of the keys' products with the mean query, averaged over heads. No mask, no
/// attention matrix: heads · tokens · head size.
/// </summary>
public static class MeanQueryAttention
{
    /// <summary>The importance of every visual token.</summary>
    /// <param name="meanQuery">The mean of the queries of the prefix: heads · head size.</param>
    /// <param name="window">The keys; its queries are not looked at.</param>
    public static float[] Of(ReadOnlySpan<float> meanQuery, PrefixWindow window)
    {
        var mean = new float[meanQuery.Length];
        TensorPrimitives.Multiply(meanQuery, 1 / MathF.Sqrt(window.HeadSize), mean);
        int[] keys = window.KeyRows;
        var scores = new float[keys.Length];
        var sum = new float[keys.Length];
        for (int head = 0; head < window.Heads; head++)
        {
            var query = mean.AsSpan(head * window.HeadSize, window.HeadSize);
            int start = window.KeyHead(head) * window.HeadSize;
            for (int j = 0; j < keys.Length; j++)
            {
                scores[j] = TensorPrimitives.Dot<float>(query, window.Keys.Row<float>(keys[j]).Slice(start, window.HeadSize));
            }

            TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
            TensorPrimitives.Exp<float>(scores, scores);
            TensorPrimitives.Divide(scores, TensorPrimitives.Sum<float>(scores), scores);
            TensorPrimitives.Add<float>(sum, scores, sum);
        }

        TensorPrimitives.Divide(sum, window.Heads, sum);
        return window.AtVisual(Array.ConvertAll(sum, score => float.IsNaN(score) ? 0 : score));
    }
}
