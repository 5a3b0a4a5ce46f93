using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>
    /// Softmax attention of packed sequences, with grouped heads. The way back computes blocks of rows of the probabilities again, so neither way holds
    /// a score matrix.
    /// </summary>
    /// <param name="queries">[tokens, heads · headSize].</param>
    /// <param name="keys">[keys, kvHeads · headSize].</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="ranges">The sequences. A causal mask is aligned to the end of both runs.</param>
    /// <param name="settings">Heads, scale and mask.</param>
    /// <param name="keyBias">[keys], added to every score of a key; none = 0.</param>
    /// <returns>[tokens, heads · headSize]; rows in no sequence are zero.</returns>
    /// <exception cref="ArgumentException">Shapes, ranges or settings that do not fit together.</exception>
    public Variable Attention(
        Variable queries, Variable keys, Variable values, ReadOnlySpan<AttentionRange> ranges, AttentionSettings settings, Variable? keyBias = null)
    {
        var segments = new AttentionSegment[ranges.Length];
        int covered = 0;
        for (int i = 0; i < ranges.Length; i++)
        {
            var range = ranges[i];
            segments[i] = new AttentionSegment(
                range.QueryStart, range.QueryCount, keys.Value, values.Value, range.KeyStart, range.KeyCount, keyBias?.Value.Slice(range.KeyStart, range.KeyCount));
            covered += range.QueryCount;
        }

        var y = Compute.Attention(queries.Value, segments, settings);
        if (covered < y.Rows)
        {
            ClearUncovered(y, ranges);
        }

        return Record(y, [queries, keys, values, keyBias], gradient =>
        {
            int most = 0;
            foreach (var segment in segments)
            {
                most = Math.Max(most, segment.KeyCount);
            }

            var slopes = new AttentionSlopes
            {
                Kernels = Compute.Kernels,
                Settings = settings,
                Segments = segments,
                Queries = queries.Value,
                Keys = keys.Value,
                Values = values.Value,
                KeyBias = keyBias?.Value,
                Gradient = gradient,
                ToQueries = Zeros(queries.Shape),
                ToKeys = Zeros(keys.Shape),
                ToValues = Zeros(values.Shape),
                ToBias = Zeros(new Shape(settings.KeyValueHeads, keyBias is null ? 0 : keys.Value.Rows)),
            };
            var mark = Compute.Arena.Top;
            slopes.Scratch = Compute.Rent(Compute.Workers.Degree, AttentionSlopesScratch.Length(settings.HeadSize, most));
            Compute.Workers.Run(settings.KeyValueHeads, 1, ref slopes);
            Compute.Arena.Release(mark);
            GiveIfAny(queries, queries.RequiresGradient ? slopes.ToQueries : null);
            GiveIfAny(keys, keys.RequiresGradient ? slopes.ToKeys : null);
            GiveIfAny(values, values.RequiresGradient ? slopes.ToValues : null);
            if (keyBias is { RequiresGradient: true })
            {
                Give(keyBias, ColumnSums(slopes.ToBias));
            }
        });
    }

    private static void ClearUncovered(Tensor y, ReadOnlySpan<AttentionRange> ranges)
    {
        var seen = new bool[y.Rows];
        foreach (var range in ranges)
        {
            seen.AsSpan(range.QueryStart, range.QueryCount).Fill(true);
        }

        for (int row = 0; row < y.Rows; row++)
        {
            if (!seen[row])
            {
                y.Row<float>(row).Clear();
            }
        }
    }
}
