using System.Numerics.Tensors;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>a + b, either repeated along extents of one.</summary>
    /// <exception cref="ArgumentException">Shapes that cannot be broadcast.</exception>
    public Variable Add(Variable a, Variable b)
    {
        var shapes = new Broadcast(a.Shape, b.Shape);
        var y = Combine(shapes, a.Value, b.Value, static (x, y) => x + y, TensorPrimitives.Add);
        return Record(y, [a, b], gradient =>
        {
            AddReduced(a, gradient, shapes.First, shapes.FirstStep);
            AddReduced(b, gradient, shapes.Second, shapes.SecondStep);
        });
    }

    /// <summary>a ⊙ b, either repeated along extents of one.</summary>
    /// <exception cref="ArgumentException">Shapes that cannot be broadcast.</exception>
    public Variable Multiply(Variable a, Variable b)
    {
        var shapes = new Broadcast(a.Shape, b.Shape);
        var y = Combine(shapes, a.Value, b.Value, static (x, y) => x * y, TensorPrimitives.Multiply);
        return Record(y, [a, b], gradient =>
        {
            if (a.RequiresGradient)
            {
                var part = Combine(new Broadcast(gradient.Shape, b.Shape), gradient, b.Value, static (x, y) => x * y, TensorPrimitives.Multiply);
                AddReduced(a, part, shapes.First, shapes.FirstStep);
            }

            if (b.RequiresGradient)
            {
                var part = Combine(new Broadcast(gradient.Shape, a.Shape), gradient, a.Value, static (x, y) => x * y, TensorPrimitives.Multiply);
                AddReduced(b, part, shapes.Second, shapes.SecondStep);
            }
        });
    }

    /// <summary>x · factor.</summary>
    public Variable Scale(Variable x, float factor)
    {
        return Record(Scaled(x.Value, factor), [x], gradient => Give(x, Scaled(gradient, factor)));
    }

    private Tensor Scaled(Tensor x, float factor)
    {
        var y = Compute.Rent(x.Shape.ToArray());
        TensorPrimitives.Multiply(x.AsSpan<float>(), factor, y.AsSpan<float>());
        return y;
    }

    private delegate void Spans(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> destination);

    private Tensor Combine(Broadcast shapes, Tensor a, Tensor b, Func<float, float, float> one, Spans many)
    {
        var y = Compute.Rent(shapes.Result.ToArray());
        int width = shapes.Result.Rank == 0 ? 1 : shapes.Result[-1], rows = width == 0 ? 0 : (int)(shapes.Result.Count / width);
        Compute.ForRows(rows, width, (start, end) =>
        {
            ReadOnlySpan<float> x = a.AsSpan<float>(), z = b.AsSpan<float>();
            var destination = y.AsSpan<float>();
            for (int row = start; row < end; row++)
            {
                int i = shapes.First(row * width), j = shapes.Second(row * width);
                var result = destination.Slice(row * width, width);
                if (shapes.FirstStep == 1 && shapes.SecondStep == 1)
                {
                    many(x.Slice(i, width), z.Slice(j, width), result);
                    continue;
                }

                for (int column = 0; column < width; column++)
                {
                    result[column] = one(x[i + (column * shapes.FirstStep)], z[j + (column * shapes.SecondStep)]);
                }
            }
        });
        return y;
    }

    /// <summary>Lets a gradient of the broadcast shape flow to an operand: what was repeated is summed, in order.</summary>
    private void AddReduced(Variable to, Tensor gradient, Func<int, int> place, int step)
    {
        if (!to.RequiresGradient)
        {
            return;
        }

        if (to.Shape.Count == gradient.Shape.Count)
        {
            Add(to, gradient);
            return;
        }

        var reduced = Zeros(to.Shape);
        Span<float> sums = reduced.AsSpan<float>(), source = gradient.AsSpan<float>();
        int width = gradient.Shape[-1];
        for (int start = 0; start < source.Length; start += width)
        {
            int at = place(start);
            var row = source.Slice(start, width);
            if (step == 1)
            {
                TensorPrimitives.Add(sums.Slice(at, width), row, sums.Slice(at, width));
            }
            else
            {
                sums[at] += TensorPrimitives.Sum<float>(row);
            }
        }

        Give(to, reduced);
    }
}
