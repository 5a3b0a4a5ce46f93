using Fovea.Tensors.ElementTypes;

namespace Fovea.Training.Data;

/// <summary>
/// Which samples each step learns. It follows from the seed and the number of the step alone, so that a run can go on at any step. An epoch is a random order
/// of all samples, cut into micro-batches; those that do not fill a last step are left out, unless there is no other step.
/// </summary>
/// <remarks>
/// The epochs' generators are SplitMix64 seeded with successive numbers of a SplitMix64 of the run's seed; orders are Fisher-Yates from the end, the place being
/// a number modulo the count.
/// </remarks>
public sealed class SampleOrder
{
    private readonly IReadOnlyList<int> _wordCounts;
    private readonly int _batch;
    private readonly int _accumulation;
    private readonly ulong _seed;
    private readonly bool _byModality;
    private int _epoch = -1;
    private IReadOnlyList<int> _order = [];

    /// <summary>Prepares an order.</summary>
    /// <param name="wordCounts">Words of each sample, negative without pictures.</param>
    /// <param name="batch">Samples of a micro-batch.</param>
    /// <param name="accumulation">Micro-batches of a step.</param>
    /// <param name="seed">Equal seeds give equal orders.</param>
    /// <param name="byModality">Whether micro-batches have one modality and similar lengths, as <see cref="ModalitySampler"/> orders them.</param>
    /// <exception cref="ArgumentException">There is no sample, or a size is below one.</exception>
    public SampleOrder(IReadOnlyList<int> wordCounts, int batch, int accumulation, ulong seed, bool byModality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(wordCounts.Count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(accumulation, 1);
        (_wordCounts, _batch, _accumulation, _seed, _byModality) = (wordCounts, batch, accumulation, seed, byModality);
    }

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch => Math.Max(1, ((_wordCounts.Count - 1) / _batch + 1) / _accumulation);

    /// <summary>The samples of a step, micro-batch by micro-batch.</summary>
    /// <param name="step">Its number, from 0.</param>
    public IReadOnlyList<int[]> Step(int step)
    {
        var (epoch, own) = Math.DivRem(step, StepsPerEpoch);
        if (epoch != _epoch)
        {
            (_epoch, _order) = (epoch, Shuffle(epoch));
        }

        long first = (long)own * _batch * _accumulation;
        return [.. _order.Skip((int)first).Take(_batch * _accumulation).Chunk(_batch)];
    }

    private IReadOnlyList<int> Shuffle(int epoch)
    {
        var seeds = new SplitMix64(_seed);
        ulong seed = seeds.Next();
        for (int i = 0; i < epoch; i++)
        {
            seed = seeds.Next();
        }

        var random = new SplitMix64(seed);
        return _byModality ? ModalitySampler.Order(_wordCounts, _batch, _accumulation, Permutation) : Permutation(_wordCounts.Count);

        int[] Permutation(int count)
        {
            int[] order = [.. Enumerable.Range(0, count)];
            for (int i = count - 1; i > 0; i--)
            {
                int j = random.NextBelow(i + 1);
                (order[i], order[j]) = (order[j], order[i]);
            }

            return order;
        }
    }
}
