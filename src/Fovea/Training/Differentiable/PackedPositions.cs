using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.Ops;

namespace Fovea.Training.Differentiable;

/// <summary>Where the rows of packed sequences stand, and what each sees.</summary>
/// <param name="Ranges">The queries, and the keys that they see.</param>
/// <param name="Cos">[tokens, half a head] of all rows.</param>
/// <param name="Sin">As <paramref name="Cos"/>.</param>
internal sealed record PackedPositions(AttentionRange[] Ranges, Tensor Cos, Tensor Sin)
{
    /// <summary>The rows whose states are wanted; none = all.</summary>
    public int[]? Rows { get; private init; }

    /// <summary>As <see cref="Cos"/>, of the wanted rows.</summary>
    public Tensor QueryCos { get; private init; } = Cos;

    /// <summary>As <see cref="Sin"/>, of the wanted rows.</summary>
    public Tensor QuerySin { get; private init; } = Sin;

    /// <summary>All rows; positions count from zero in each sequence.</summary>
    public static PackedPositions Of(Compute compute, RotaryEmbedding rotary, IReadOnlyList<int> lengths)
    {
        int total = lengths.Sum(), start = 0;
        var positions = new PackedPositions(new AttentionRange[lengths.Count], compute.Rent(total, rotary.Half), compute.Rent(total, rotary.Half));
        for (int i = 0; i < lengths.Count; i++)
        {
            positions.Ranges[i] = new AttentionRange(start, lengths[i], start, lengths[i]);
            rotary.Fill([.. Enumerable.Range(0, lengths[i]).Select(TokenPosition.At)], positions.Cos, positions.Sin, start);
            start += lengths[i];
        }

        return positions;
    }

    /// <summary>Some rows alone, ascending; each sees what stands before it in its sequence.</summary>
    public PackedPositions At(Compute compute, IReadOnlyList<int> lengths, IReadOnlyList<int> rows)
    {
        int[] wanted = [.. rows];
        var ranges = new AttentionRange[wanted.Length];
        for (int i = 0, sequence = 0, start = 0; i < wanted.Length; i++)
        {
            while (wanted[i] >= start + lengths[sequence])
            {
                start += lengths[sequence++];
            }

            ranges[i] = new AttentionRange(i, 1, start, wanted[i] - start + 1);
        }

        return new PackedPositions(ranges, Cos, Sin) { Rows = wanted, QueryCos = Picked(Cos), QuerySin = Picked(Sin) };

        Tensor Picked(Tensor table)
        {
            var picked = compute.Rent(wanted.Length, table.RowLength);
            compute.Gather(table, wanted, picked);
            return picked;
        }
    }
}
