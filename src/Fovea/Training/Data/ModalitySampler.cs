namespace Fovea.Training.Data;

/// <summary>
/// The order of samples in which batches have one modality and similar lengths: pictures with pictures, texts with texts. Every sample comes once.
/// </summary>
/// <remarks>Source: get_modality_length_grouped_indices of LLaVA, with the random permutations as its input.</remarks>
public static class ModalitySampler
{
    /// <summary>Orders samples.</summary>
    /// <param name="lengths">Length of each sample: positive with pictures, negative without.</param>
    /// <param name="batch">Samples of a batch.</param>
    /// <param name="chunks">Batches of a step: devices times accumulation.</param>
    /// <param name="permutation">A random order of so many things; asked for pictures, then texts, then groups of batches, or once where there is one modality.</param>
    /// <exception cref="ArgumentException">A sample without length, or sizes below 1.</exception>
    public static IReadOnlyList<int> Order(IReadOnlyList<int> lengths, int batch, int chunks, Func<int, int[]> permutation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunks, 1);
        if (lengths.Contains(0))
        {
            throw new ArgumentException($"Sample {lengths.Index().First(entry => entry.Item == 0).Index} has no words.", nameof(lengths));
        }

        int[] pictures = [.. Enumerable.Range(0, lengths.Count).Where(i => lengths[i] > 0)], texts = [.. Enumerable.Range(0, lengths.Count).Where(i => lengths[i] < 0)];
        if (pictures.Length == 0 || texts.Length == 0)
        {
            return Group(lengths, batch, chunks, permutation);
        }

        var ofPictures = Groups(pictures);
        var ofTexts = Groups(texts);
        int[][] whole = [.. ofPictures.SkipLast(1), .. ofTexts.SkipLast(1)];
        var last = ofPictures[^1].Concat(ofTexts[^1]).Order();
        return [.. permutation(whole.Length).SelectMany(i => whole[i]), .. last];

        List<int[]> Groups(int[] samples) =>
            [.. Group([.. samples.Select(i => Math.Abs(lengths[i]))], batch, chunks, permutation).Select(i => samples[i]).Chunk(batch * chunks)];
    }

    /// <summary>Deals samples to chunks of equal count so that the sums of their lengths are alike; where the counts cannot be equal, one after the other.</summary>
    /// <param name="samples">Indices into the lengths.</param>
    /// <param name="lengths">Lengths of all samples.</param>
    /// <param name="chunks">How many chunks.</param>
    public static IReadOnlyList<IReadOnlyList<int>> EvenChunks(IReadOnlyList<int> samples, IReadOnlyList<int> lengths, int chunks)
    {
        if (samples.Count % chunks != 0)
        {
            return [.. Enumerable.Range(0, chunks).Select(chunk => samples.Where((_, i) => i % chunks == chunk).ToArray())];
        }

        var dealt = Enumerable.Range(0, chunks).Select(_ => new List<int>()).ToArray();
        long[] sums = new long[chunks];
        foreach (int sample in samples)
        {
            int shortest = Array.IndexOf(sums, sums.Min());
            dealt[shortest].Add(sample);
            sums[shortest] = dealt[shortest].Count == samples.Count / chunks ? long.MaxValue : sums[shortest] + lengths[sample];
        }

        return dealt;
    }

    /// <summary>Random groups of as many samples as a step takes, the longest of each first.</summary>
    private static IReadOnlyList<int> Group(IReadOnlyList<int> lengths, int batch, int chunks, Func<int, int[]> permutation) =>
        [.. permutation(lengths.Count).Chunk(batch * chunks).SelectMany(group => EvenChunks([.. group.OrderByDescending(i => lengths[i])], lengths, chunks).SelectMany(chunk => chunk))];
}
