using System.Numerics.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>exp(x − max) / Σ exp(x − max) over the last axis.</summary>
    /// <param name="x">[…, n].</param>
    /// <param name="visible">As many flags as x has numbers: what is not visible counts as −∞; none = all are. A row that sees nothing gives zeros.</param>
    /// <exception cref="ArgumentException">Another number of flags.</exception>
    public Variable Softmax(Variable x, bool[]? visible = null)
    {
        Compute.Check(visible is null || visible.Length == x.Shape.Count, x.Value, $"does not have a flag for each number");
        int width = x.Shape[-1];
        var y = Copy(x.Value);
        var rows = AsRows(y, width);
        Compute.ForRows(rows.Rows, width, (start, end) =>
        {
            for (int row = start; row < end; row++)
            {
                var values = rows.Row<float>(row);
                for (int i = 0; visible is not null && i < width; i++)
                {
                    values[i] = visible[(row * width) + i] ? values[i] : float.NegativeInfinity;
                }

                SoftmaxRow(values);
            }
        });
        return Record(y, [x], gradient => Give(x, SoftmaxSlopes(rows, AsRows(gradient, width))));
    }

    /// <summary>log softmax over the last axis.</summary>
    public Variable LogSoftmax(Variable x)
    {
        int width = x.Shape[-1];
        var y = Copy(x.Value);
        var rows = AsRows(y, width);
        Compute.ForRows(rows.Rows, width, (start, end) =>
        {
            for (int row = start; row < end; row++)
            {
                var values = rows.Row<float>(row);
                TensorPrimitives.Subtract(values, LogSum(values), values);
            }
        });
        return Record(y, [x], gradient =>
        {
            var result = Copy(gradient);
            var slopes = AsRows(result, width);
            Compute.ForRows(slopes.Rows, width, (start, end) =>
            {
                for (int row = start; row < end; row++)
                {
                    var slope = slopes.Row<float>(row);
                    float sum = TensorPrimitives.Sum<float>(slope);
                    for (int i = 0; i < width; i++)
                    {
                        slope[i] -= MathF.Exp(rows.Row<float>(row)[i]) * sum;
                    }
                }
            });
            Give(x, result);
        });
    }

    private Tensor SoftmaxSlopes(Tensor probabilities, Tensor gradient)
    {
        var result = Compute.Rent(probabilities.Rows, probabilities.RowLength);
        Compute.ForRows(result.Rows, result.RowLength, (start, end) =>
        {
            for (int row = start; row < end; row++)
            {
                Span<float> p = probabilities.Row<float>(row), g = gradient.Row<float>(row), slope = result.Row<float>(row);
                TensorPrimitives.Subtract(g, TensorPrimitives.Dot<float>(p, g), slope);
                TensorPrimitives.Multiply(slope, p, slope);
            }
        });
        return result;
    }

    /// <summary>Softmax in place; a row of nothing but −∞ becomes zeros.</summary>
    private static void SoftmaxRow(Span<float> row)
    {
        float max = TensorPrimitives.Max<float>(row);
        if (float.IsNegativeInfinity(max))
        {
            row.Clear();
            return;
        }

        TensorPrimitives.Subtract(row, max, row);
        TensorPrimitives.Exp<float>(row, row);
        TensorPrimitives.Divide(row, TensorPrimitives.Sum<float>(row), row);
    }

    private static float LogSum(ReadOnlySpan<float> row)
    {
        float max = TensorPrimitives.Max(row);
        double sum = 0;
        foreach (float value in row)
        {
            sum += MathF.Exp(value - max);
        }

        return max + (float)Math.Log(sum);
    }

    private static Tensor AsRows(Tensor x, int width) => x.Reshape((int)(x.Shape.Count / Math.Max(1, width)), width);
}
