using Fovea.Tensors;
using Fovea.Tensors.Ops;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Nn;

/// <summary>The mean of rows.</summary>
public static class RowMean
{
    /// <summary>The mean of the first <paramref name="count"/> rows, summed in their order in f32: [1, width], rented.</summary>
    /// <param name="compute">Where to compute.</param>
    /// <param name="rows">[at least count, width].</param>
    /// <param name="count">At least 1.</param>
    public static Tensor Of(Compute compute, Tensor rows, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var mean = compute.Rent(1, rows.RowLength);
        var sum = mean.Row<float>(0);
        sum.Clear();
        for (int row = 0; row < count; row++)
        {
            TensorPrimitives.Add(sum, rows.Row<float>(row), sum);
        }

        TensorPrimitives.Divide(sum, count, sum);
        return mean;
    }
}
