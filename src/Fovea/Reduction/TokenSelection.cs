using Fovea.Tensors.Kernels;

namespace Fovea.Reduction;

/// <summary>
/// Which candidates stay, as the PriorTR framework has it: a count goes before a threshold, a threshold before a share. Of equal scores the lower index
/// wins; NaN loses against everything.
/// </summary>
/// <param name="KeepTokens">Candidates to keep, from 0; more than there are means all.</param>
/// <param name="ScoreThreshold">Keep what scores more than this; if nothing does, the best one.</param>
/// <param name="KeepRatio">Share to keep: the product in double precision, towards zero.</param>
/// <param name="KeepLeast">The least that a share keeps.</param>
public readonly record struct TokenSelection(int? KeepTokens, double? ScoreThreshold, double? KeepRatio, int KeepLeast = 1)
{
    /// <summary>Whether nothing is said.</summary>
    public bool IsEmpty => KeepTokens is null && ScoreThreshold is null && KeepRatio is null;

    /// <summary>The candidates that a count or a share keeps of <paramref name="count"/>; none if a threshold decides.</summary>
    public int? Count(int count) => KeepTokens is { } tokens ? Math.Min(tokens, count)
        : ScoreThreshold is null && KeepRatio is { } ratio ? Math.Min(count, Math.Max(KeepLeast, (int)(count * ratio)))
        : null;

    /// <summary>The indices that stay, ascending.</summary>
    public int[] Select(ReadOnlySpan<float> scores)
    {
        if (Count(scores.Length) is { } count)
        {
            return TopK.Ascending(scores, count);
        }

        var kept = new List<int>();
        float threshold = (float)(ScoreThreshold ?? double.NaN);
        for (int i = 0; i < scores.Length; i++)
        {
            if (scores[i] > threshold)
            {
                kept.Add(i);
            }
        }

        return kept.Count > 0 ? [.. kept] : TopK.Ascending(scores, Math.Min(1, scores.Length));
    }
}
