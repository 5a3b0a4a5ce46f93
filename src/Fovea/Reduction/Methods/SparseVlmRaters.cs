using Fovea.Tensors;
using Fovea.Tensors.Ops;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Methods;

/// <summary>Which tokens behind the visual ones have something to do with them (SparseVLM).</summary>
public static class SparseVlmRaters
{
    /// <summary>For each text token the softmax over the text of its product with a visual token, mean over the visual tokens.</summary>
    /// <param name="compute">Where to compute; what it rents is the arena's.</param>
    /// <param name="visual">Input embeddings of the visual tokens, [visual tokens, hidden size].</param>
    /// <param name="text">Input embeddings of the tokens behind them, [text tokens, hidden size].</param>
    public static float[] Similarity(Compute compute, Tensor visual, Tensor text)
    {
        var sum = new double[text.Rows];
        if (text.Rows == 0)
        {
            return [];
        }

        var products = compute.Products(visual, text);
        var weights = new float[text.Rows];
        for (int i = 0; i < visual.Rows; i++)
        {
            TensorPrimitives.SoftMax(products.Row<float>(i), weights);
            for (int t = 0; t < sum.Length; t++)
            {
                sum[t] += weights[t];
            }
        }

        return Array.ConvertAll(sum, value => (float)(value / visual.Rows));
    }

    /// <summary>The tokens above the mean.</summary>
    public static int[] Above(ReadOnlySpan<float> similarity)
    {
        // In double precision the mean of equal numbers is that number, so that none of them is above it.
        double mean = 0;
        foreach (float value in similarity)
        {
            mean += value;
        }

        mean /= similarity.Length;
        var raters = new List<int>();
        for (int t = 0; t < similarity.Length; t++)
        {
            if (similarity[t] > mean)
            {
                raters.Add(t);
            }
        }

        return [.. raters];
    }

    /// <summary>
    /// How many rows of a matrix are independent: rows are taken by falling length and what earlier ones explain is subtracted, until no more than
    /// <paramref name="tolerance"/> times the longest is left of any.
    /// </summary>
    /// <param name="rows">Changed.</param>
    /// <param name="tolerance">In (0, 1).</param>
    public static int Rank(float[][] rows, double tolerance)
    {
        double longest = rows.Select(row => (double)TensorPrimitives.Norm<float>(row)).DefaultIfEmpty(0).Max();
        for (int rank = 0; rank < rows.Length; rank++)
        {
            var rest = rows.Skip(rank).Index().MaxBy(row => TensorPrimitives.Norm<float>(row.Item));
            float norm = TensorPrimitives.Norm<float>(rest.Item);
            if (!(norm > tolerance * longest))
            {
                return rank;
            }

            (rows[rank], rows[rank + rest.Index]) = (rest.Item, rows[rank]);
            TensorPrimitives.Divide(rows[rank], norm, rows[rank]);
            foreach (float[] row in rows.Skip(rank + 1))
            {
                TensorPrimitives.MultiplyAdd(rows[rank], -TensorPrimitives.Dot<float>(row, rows[rank]), row, row);
            }
        }

        return rows.Length;
    }
}
