using Fovea.Tensors;

namespace Fovea.Reduction;

/// <summary>Attention rows to one number for each candidate: first over the rows, then over the heads.</summary>
public static class AttentionScores
{
    /// <summary>The aggregated attention at the candidates' columns.</summary>
    /// <param name="rows">[heads, rows, keys].</param>
    /// <param name="columns">The candidates' columns.</param>
    /// <param name="heads">Over heads.</param>
    /// <param name="over">Over rows.</param>
    /// <param name="scores">[candidates], to be written.</param>
    public static void Of(Tensor rows, ReadOnlySpan<int> columns, HeadAggregation heads, RowAggregation over, Span<float> scores) =>
        Of(rows, columns, [.. Enumerable.Range(0, rows.Shape[1])], heads, over, scores);

    /// <summary>The aggregated attention of some of the rows.</summary>
    /// <param name="rows">[heads, rows, keys].</param>
    /// <param name="columns">The candidates' columns.</param>
    /// <param name="chosen">Which rows, at least one.</param>
    /// <param name="heads">Over heads.</param>
    /// <param name="over">Over rows.</param>
    /// <param name="scores">[candidates], to be written.</param>
    public static void Of(Tensor rows, ReadOnlySpan<int> columns, ReadOnlySpan<int> chosen, HeadAggregation heads, RowAggregation over, Span<float> scores)
    {
        int headCount = rows.Shape[0], keys = rows.Shape[2];
        for (int i = 0; i < columns.Length; i++)
        {
            double all = heads == HeadAggregation.Max ? double.NegativeInfinity : 0;
            for (int head = 0; head < headCount; head++)
            {
                var values = rows.Row<float>(head);
                double sum = 0;
                foreach (int row in chosen)
                {
                    sum += values[(row * keys) + columns[i]];
                }

                double one = over == RowAggregation.Mean ? sum / chosen.Length : sum;
                all = heads == HeadAggregation.Max ? Math.Max(all, one) : all + one;
            }

            scores[i] = (float)(heads == HeadAggregation.Max ? all : all / headCount);
        }
    }
}
