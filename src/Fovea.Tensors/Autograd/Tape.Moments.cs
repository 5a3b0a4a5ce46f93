using System.Numerics.Tensors;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>The mean over the last axis: […, n] to […].</summary>
    public Variable Mean(Variable x)
    {
        int width = x.Shape[-1];
        var rows = AsRows(x.Value, width);
        var y = Compute.Rent(x.Shape.ToArray().AsSpan()[..^1]);
        for (int row = 0; row < rows.Rows; row++)
        {
            y.AsSpan<float>()[row] = TensorPrimitives.Sum<float>(rows.Row<float>(row)) / width;
        }

        return Record(y, [x], gradient =>
        {
            var slopes = Compute.Rent(rows.Rows, width);
            for (int row = 0; row < rows.Rows; row++)
            {
                slopes.Row<float>(row).Fill(gradient.AsSpan<float>()[row] / width);
            }

            Give(x, slopes);
        });
    }

    /// <summary>The population variance over the last axis: […, n] to […].</summary>
    public Variable Variance(Variable x)
    {
        int width = x.Shape[-1];
        var centred = Copy(AsRows(x.Value, width));
        var y = Compute.Rent(x.Shape.ToArray().AsSpan()[..^1]);
        for (int row = 0; row < centred.Rows; row++)
        {
            var values = centred.Row<float>(row);
            TensorPrimitives.Subtract(values, TensorPrimitives.Sum<float>(values) / width, values);
            y.AsSpan<float>()[row] = TensorPrimitives.SumOfSquares<float>(values) / width;
        }

        return Record(y, [x], gradient =>
        {
            var slopes = Copy(centred);
            for (int row = 0; row < centred.Rows; row++)
            {
                TensorPrimitives.Multiply(slopes.Row<float>(row), 2 * gradient.AsSpan<float>()[row] / width, slopes.Row<float>(row));
            }

            Give(x, slopes);
        });
    }
}
