using Fovea.Tensors;

namespace Fovea.Reduction;

/// <summary>Means over attention heads.</summary>
public static class HeadMean
{
    /// <summary>The mean over heads of each candidate's value: [heads, candidates] → [candidates].</summary>
    public static void Of(Tensor values, Span<float> mean)
    {
        mean.Clear();
        for (int head = 0; head < values.Rows; head++)
        {
            System.Numerics.Tensors.TensorPrimitives.Add<float>(mean, values.Row<float>(head), mean);
        }

        System.Numerics.Tensors.TensorPrimitives.Divide<float>(mean, values.Rows, mean);
    }

    /// <summary>The mean over heads and then over rows of attention rows, at the candidates' columns.</summary>
    /// <param name="rows">[heads, rows, keys].</param>
    /// <param name="columns">The candidates' columns.</param>
    /// <param name="mean">[candidates].</param>
    public static void OfColumns(Tensor rows, ReadOnlySpan<int> columns, Span<float> mean)
    {
        int heads = rows.Shape[0], count = rows.Shape[1], keys = rows.Shape[2];
        mean.Clear();
        for (int head = 0; head < heads; head++)
        {
            var values = rows.Row<float>(head);
            for (int row = 0; row < count; row++)
            {
                for (int i = 0; i < columns.Length; i++)
                {
                    mean[i] += values[(row * keys) + columns[i]];
                }
            }
        }

        System.Numerics.Tensors.TensorPrimitives.Divide<float>(mean, (float)heads * count, mean);
    }
}
