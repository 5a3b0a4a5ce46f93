using System.Numerics.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>w ⊙ x · (mean(x²) + ε)^-½ over every run of as many numbers as the weight has.</summary>
    /// <exception cref="ArgumentException">The rows are not whole runs.</exception>
    public Variable RmsNorm(Variable x, Variable weight, float epsilon) => Normalize(x, weight, null, epsilon);

    /// <summary>w ⊙ (x − mean) · (variance + ε)^-½ + b over every run of as many numbers as the weight has; the population variance.</summary>
    /// <exception cref="ArgumentException">The rows are not whole runs, or the bias has another length than the weight.</exception>
    public Variable LayerNorm(Variable x, Variable weight, Variable bias, float epsilon) => Normalize(x, weight, bias, epsilon);

    /// <summary>x / max(‖x‖₂, ε) over the last axis.</summary>
    public Variable Normalize(Variable x, float epsilon)
    {
        int width = x.Shape[-1];
        var rows = AsRows(x.Value, width);
        var y = Compute.Rent(x.Shape.ToArray());
        var units = AsRows(y, width);
        for (int row = 0; row < rows.Rows; row++)
        {
            TensorPrimitives.Divide(rows.Row<float>(row), Math.Max(TensorPrimitives.Norm<float>(rows.Row<float>(row)), epsilon), units.Row<float>(row));
        }

        return Record(y, [x], gradient =>
        {
            var slopes = Copy(AsRows(gradient, width));
            for (int row = 0; row < rows.Rows; row++)
            {
                Span<float> slope = slopes.Row<float>(row), unit = units.Row<float>(row);
                float norm = TensorPrimitives.Norm<float>(rows.Row<float>(row));
                if (norm > epsilon)
                {
                    TensorPrimitives.MultiplyAdd(unit, -TensorPrimitives.Dot<float>(slope, unit), slope, slope);
                }

                TensorPrimitives.Divide(slope, Math.Max(norm, epsilon), slope);
            }

            Give(x, slopes);
        });
    }

    /// <summary>x / Σ x over the last axis: weights that sum to one.</summary>
    public Variable Proportions(Variable x)
    {
        int width = x.Shape[-1];
        var y = Copy(x.Value);
        var shares = AsRows(y, width);
        var rows = AsRows(x.Value, width);
        for (int row = 0; row < rows.Rows; row++)
        {
            TensorPrimitives.Divide(shares.Row<float>(row), TensorPrimitives.Sum<float>(rows.Row<float>(row)), shares.Row<float>(row));
        }

        return Record(y, [x], gradient =>
        {
            var slopes = Copy(AsRows(gradient, width));
            for (int row = 0; row < rows.Rows; row++)
            {
                var slope = slopes.Row<float>(row);
                TensorPrimitives.Subtract(slope, TensorPrimitives.Dot<float>(slope, shares.Row<float>(row)), slope);
                TensorPrimitives.Divide(slope, TensorPrimitives.Sum<float>(rows.Row<float>(row)), slope);
            }

            Give(x, slopes);
        });
    }

    private Variable Normalize(Variable x, Variable weight, Variable? bias, float epsilon)
    {
        int width = (int)weight.Shape.Count;
        Compute.Check(x.Shape.Rank > 0 && x.Shape[-1] % width == 0, x.Value, $"does not have rows of whole runs of {width}");
        var rows = AsRows(x.Value, width);
        var y = bias is null ? Compute.RmsNorm(rows, weight.Value, epsilon) : Compute.LayerNorm(rows, weight.Value, bias.Value, epsilon);
        return Record(y.Reshape(x.Shape.ToArray()), [x, weight, bias], gradient =>
        {
            var flowing = AsRows(gradient, width);
            var normed = Compute.Rent(rows.Rows, width);
            var slopes = Compute.Rent(rows.Rows, width);
            Compute.ForRows(rows.Rows, width, (start, end) =>
            {
                for (int row = start; row < end; row++)
                {
                    NormSlopes(rows.Row<float>(row), weight.Value.AsSpan<float>(), flowing.Row<float>(row), bias is not null, epsilon, normed.Row<float>(row), slopes.Row<float>(row));
                }
            });
            if (x.RequiresGradient)
            {
                Give(x, slopes);
            }

            if (weight.RequiresGradient)
            {
                TensorPrimitives.Multiply(normed.AsSpan<float>(), flowing.AsSpan<float>(), normed.AsSpan<float>());
                Give(weight, ColumnSums(normed));
            }

            if (bias is { RequiresGradient: true })
            {
                Give(bias, ColumnSums(flowing));
            }
        });
    }

    /// <summary>
    /// With r = (variance + ε)^-½, x̂ = (x − mean)·r and h = w ⊙ g: dx = r·(h − mean(h) − x̂·mean(h ⊙ x̂)); without centring both means of one drop out.
    /// </summary>
    private static void NormSlopes(
        ReadOnlySpan<float> x, ReadOnlySpan<float> weight, ReadOnlySpan<float> gradient, bool centred, float epsilon, Span<float> normed, Span<float> slope)
    {
        int n = x.Length;
        float mean = centred ? TensorPrimitives.Sum(x) / n : 0;
        TensorPrimitives.Subtract(x, mean, normed);
        float scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(normed) / n) + epsilon);
        TensorPrimitives.Multiply(normed, scale, normed);
        TensorPrimitives.Multiply(gradient, weight, slope);
        float along = TensorPrimitives.Dot<float>(slope, normed) / n, shift = centred ? TensorPrimitives.Sum<float>(slope) / n : 0;
        TensorPrimitives.MultiplyAdd(normed, -along, slope, slope);
        TensorPrimitives.Subtract(slope, shift, slope);
        TensorPrimitives.Multiply(slope, scale, slope);
    }
}
