namespace Fovea.Training.Data;

/// <summary>Samples side by side, the shorter ones filled up on the right, all cut to a length.</summary>
/// <param name="Ids">[samples][width].</param>
/// <param name="Labels">[samples][width]; what fills up is not learnt.</param>
/// <param name="Mask">[samples][width]: whether a token counts, which the padding's id never does, wherever it stands.</param>
public sealed record PaddedBatch(IReadOnlyList<int[]> Ids, IReadOnlyList<int[]> Labels, IReadOnlyList<bool[]> Mask)
{
    /// <summary>Puts samples together.</summary>
    /// <param name="samples">At least one.</param>
    /// <param name="longest">Most tokens.</param>
    /// <param name="padding">The id that fills up.</param>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    public static PaddedBatch Of(IReadOnlyList<LabelledPrompt> samples, int longest, int padding = 0)
    {
        if (samples.Count == 0)
        {
            throw new ArgumentException("A batch needs at least one sample.", nameof(samples));
        }

        int width = Math.Min(longest, samples.Max(sample => sample.Ids.Length));
        int[][] ids = [.. samples.Select(sample => Fill(sample.Ids, padding))];
        return new PaddedBatch(ids, [.. samples.Select(sample => Fill(sample.Labels, LabelledPrompt.Ignored))], [.. ids.Select(row => Array.ConvertAll(row, id => id != padding))]);

        int[] Fill(int[] values, int filler) => [.. values.Take(width), .. Enumerable.Repeat(filler, Math.Max(0, width - values.Length))];
    }
}
