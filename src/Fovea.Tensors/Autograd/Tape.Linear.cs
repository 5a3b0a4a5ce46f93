using System.Numerics.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>x·Wᵀ + b.</summary>
    /// <param name="x">[…, inputs], taken as rows of inputs.</param>
    /// <param name="weight">[outputs, inputs]; further extents are flattened.</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <returns>[rows, outputs].</returns>
    /// <exception cref="ArgumentException">Shapes that do not meet.</exception>
    public Variable Linear(Variable x, Variable weight, Variable? bias = null)
    {
        int inputs = weight.Value.RowLength, outputs = weight.Value.Rows;
        Compute.Check(x.Shape.Count % inputs == 0 && x.Shape[-1] == inputs, x.Value, $"does not have rows of {inputs}, which the weight {weight.Value} takes");
        var rows = Entering(x.Value.Reshape((int)(x.Shape.Count / inputs), inputs));
        var matrix = Entering(weight.Value.Reshape(outputs, inputs));
        var y = Compute.Multiply(rows, matrix, transposeB: true);
        if (bias is not null)
        {
            Compute.Check(bias.Shape.Count == outputs, bias.Value, $"is not one number for each of {outputs} outputs");
            var shift = bias.Value;
            Compute.ForRows(y.Rows, outputs, (start, end) =>
            {
                for (int row = start; row < end; row++)
                {
                    TensorPrimitives.Add(y.Row<float>(row), shift.AsSpan<float>(), y.Row<float>(row));
                }
            });
        }

        return Record(y, [x, weight, bias], gradient =>
        {
            var entering = Entering(gradient);
            if (x.RequiresGradient)
            {
                Give(x, Compute.Multiply(entering, matrix));
            }

            if (weight.RequiresGradient)
            {
                Give(weight, Compute.Multiply(entering, rows, transposeA: true));
            }

            if (bias is { RequiresGradient: true })
            {
                Give(bias, ColumnSums(gradient));
            }
        });
    }

    /// <summary>Matrix products of stacks: A·B, or A·Bᵀ; the outer extents are broadcast against each other.</summary>
    /// <param name="a">[…, m, k].</param>
    /// <param name="b">[…, k, n], or […, n, k] if it is transposed.</param>
    /// <param name="transposeB">Whether B is transposed.</param>
    /// <returns>[…, m, n].</returns>
    /// <exception cref="ArgumentException">Extents that do not meet.</exception>
    public Variable MatrixProduct(Variable a, Variable b, bool transposeB = false)
    {
        Compute.Check(a.Shape.Rank >= 2 && b.Shape.Rank >= 2, a.Value, $"and {b.Value} are not both stacks of matrices");
        var stacks = new Broadcast(new Shape(a.Shape.ToArray().AsSpan()[..^2]), new Shape(b.Shape.ToArray().AsSpan()[..^2]));
        int m = a.Shape[-2], n = b.Shape[transposeB ? -2 : -1], count = (int)stacks.Result.Count;
        var y = Compute.Rent([.. stacks.Result.ToArray(), m, n]);
        Tensor left = Entering(a.Value), right = Entering(b.Value);
        for (int i = 0; i < count; i++)
        {
            Compute.MultiplyInto(Matrix(y, i), Matrix(left, stacks.First(i)), Matrix(right, stacks.Second(i)), transposeB: transposeB);
        }

        return Record(y, [a, b], gradient =>
        {
            var toA = a.RequiresGradient ? Zeros(a.Shape) : null;
            var toB = b.RequiresGradient ? Zeros(b.Shape) : null;
            var entering = Entering(gradient);
            for (int i = 0; i < count; i++)
            {
                var part = Matrix(entering, i);
                var mark = Compute.Arena.Top;
                if (toA is not null)
                {
                    Compute.AddInto(Matrix(toA, stacks.First(i)), Compute.Multiply(part, Matrix(right, stacks.Second(i)), transposeB: !transposeB));
                }

                if (toB is not null)
                {
                    var matrix = Matrix(left, stacks.First(i));
                    Compute.AddInto(
                        Matrix(toB, stacks.Second(i)),
                        transposeB ? Compute.Multiply(part, matrix, transposeA: true) : Compute.Multiply(matrix, part, transposeA: true));
                }

                Compute.Arena.Release(mark);
            }

            GiveIfAny(a, toA);
            GiveIfAny(b, toB);
        });
    }

    /// <summary>A factor of a matrix product: as it is, or rounded to bf16.</summary>
    private Tensor Entering(Tensor factor)
    {
        if (!RoundsProducts)
        {
            return factor;
        }

        var rounded = Compute.Rent(factor.Shape.ToArray());
        Compute.ForRows(factor.Rows, factor.RowLength, (start, end) =>
        {
            for (int row = start; row < end; row++)
            {
                Span<float> from = factor.Row<float>(row), to = rounded.Row<float>(row);
                for (int i = 0; i < from.Length; i++)
                {
                    to[i] = BFloat16.Round(from[i]).ToSingle();
                }
            }
        });
        return rounded;
    }

    private void GiveIfAny(Variable to, Tensor? gradient)
    {
        if (gradient is not null)
        {
            Give(to, gradient);
        }
    }

    /// <summary>Σ over rows, in the order of the rows, whatever the number of threads.</summary>
    private Tensor ColumnSums(Tensor x)
    {
        var sums = Zeros(new Shape(x.RowLength));
        Compute.ForRows(x.RowLength, x.Rows, (start, end) =>
        {
            var part = sums.AsSpan<float>()[start..end];
            for (int row = 0; row < x.Rows; row++)
            {
                TensorPrimitives.Add(part, x.Row<float>(row)[start..end], part);
            }
        });
        return sums;
    }

    private static Tensor Matrix(Tensor stack, int index)
    {
        int rows = stack.Shape[-2], columns = stack.Shape[-1];
        return stack.Reshape((int)(stack.Shape.Count / columns), columns).Slice(index * rows, rows);
    }
}
