using Fovea.Tensors;
using Fovea.Tensors.Ops;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Importance;

/// <summary>
/// The attention that each visual token receives from all tokens up to the last visual one, mean over heads and queries: the score of orailix/PACT's
/// FastV-like setting. A causal mask does not change the divisor, so early tokens gain from it. Computed in tiles of queries: heads · tokens² · head size.
/// </summary>
public static class PrefixAttention
{
    private const int TileRows = 128;

    /// <summary>The importance of every visual token.</summary>
    /// <param name="compute">Where to compute.</param>
    /// <param name="window">Queries and keys.</param>
    /// <param name="causal">Whether a query sees only keys that do not stand behind it. A query that sees none gives nothing.</param>
    public static float[] Of(Compute compute, PrefixWindow window, bool causal)
    {
        int[] keys = window.KeyRows;
        var received = new double[keys.Length];
        for (int head = 0; head < window.Heads; head++)
        {
            var mark = compute.Arena.Top;
            var keyRows = compute.Rent(keys.Length, window.HeadSize);
            window.CopyHead(window.Keys, keys, window.KeyHead(head), keyRows);
            for (int start = 0; start < window.Length; start += TileRows)
            {
                var tile = compute.Arena.Top;
                int rows = Math.Min(TileRows, window.Length - start);
                var queries = compute.Rent(rows, window.HeadSize);
                window.CopyHead(window.Queries, [.. Enumerable.Range(start, rows)], head, queries);
                AddRows(compute.Products(queries, keyRows), start, keys, causal, 1 / MathF.Sqrt(window.HeadSize), received);
                compute.Arena.Release(tile);
            }

            compute.Arena.Release(mark);
        }

        double divisor = (double)window.Heads * window.Length;
        return window.AtVisual(Array.ConvertAll(received, sum => double.IsNaN(sum) ? 0 : (float)(sum / divisor)));
    }

    private static void AddRows(Tensor products, int start, int[] keys, bool causal, float scale, double[] received)
    {
        int seen = causal ? 0 : keys.Length;
        for (int row = 0; row < products.Rows; row++)
        {
            while (seen < keys.Length && keys[seen] <= start + row)
            {
                seen++;
            }

            if (seen == 0)
            {
                continue;
            }

            var scores = products.Row<float>(row)[..seen];
            TensorPrimitives.Multiply(scores, scale, scores);
            TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores);
            TensorPrimitives.Exp<float>(scores, scores);
            TensorPrimitives.Divide(scores, TensorPrimitives.Sum<float>(scores), scores);
            for (int j = 0; j < seen; j++)
            {
                received[j] += scores[j];
            }
        }
    }
}
