using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>
    /// Softmax attention of packed sequences, with grouped heads. The way back computes one row of probabilities at a time again, so neither way holds
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
            var slopes = new AttentionSlopes(settings, queries.Value, keys.Value, values.Value, keyBias?.Value, gradient)
            {
                Queries = Zeros(queries.Shape),
                Keys = Zeros(keys.Shape),
                Values = Zeros(values.Shape),
                Bias = Zeros(new Shape(settings.KeyValueHeads, keys.Value.Rows)),
            };
            Compute.ForItems(settings.KeyValueHeads, (start, end) => slopes.Add(segments, start, end));

            GiveIfAny(queries, queries.RequiresGradient ? slopes.Queries : null);
            GiveIfAny(keys, keys.RequiresGradient ? slopes.Keys : null);
            GiveIfAny(values, values.RequiresGradient ? slopes.Values : null);
            if (keyBias is { RequiresGradient: true })
            {
                Give(keyBias, ColumnSums(slopes.Bias));
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
