using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

public sealed partial class Tape
{
    /// <summary>A fixed linear map of rows, such as a gather or a token map; its transpose carries the gradient.</summary>
    /// <param name="x">[sources, …].</param>
    /// <param name="map">What each result row is made of.</param>
    /// <returns>[results, width].</returns>
    /// <exception cref="ArgumentException">The map takes another number of rows.</exception>
    public Variable Map(Variable x, RowMap map)
    {
        Compute.Check(x.Value.Rows == map.Sources, x.Value, $"does not have the {map.Sources} rows of the map");
        var y = map.Apply(Compute, x.Value);
        return Record(y, [x], gradient => Give(x, map.Transpose().Apply(Compute, gradient)));
    }

    /// <summary>Rows of a table: y[i] = table[rows[i]]. Repeated rows add up in the gradient.</summary>
    /// <returns>[rows, width].</returns>
    /// <exception cref="ArgumentException">A row outside the table.</exception>
    public Variable Gather(Variable table, ReadOnlySpan<int> rows)
    {
        var y = Compute.Rent(rows.Length, table.Value.RowLength);
        Compute.Gather(table.Value, rows, y);
        var indices = rows.ToArray();
        return Record(y, [table], gradient =>
        {
            var sum = table.Gradient ?? Zeros(table.Shape);
            for (int i = 0; i < indices.Length; i++)
            {
                var row = sum.Row<float>(indices[i]);
                System.Numerics.Tensors.TensorPrimitives.Add(row, gradient.Row<float>(i), row);
            }

            table.Gradient ??= sum;
        });
    }

    /// <summary>Runs of rows of one or several tensors, one below the other.</summary>
    /// <param name="runs">Tensors of one row length, with the first row and the number of rows to take.</param>
    /// <returns>[rows, width].</returns>
    /// <exception cref="ArgumentException">Rows of different length, or rows that do not exist.</exception>
    public Variable Concatenate(params ReadOnlySpan<(Variable Source, int Start, int Count)> runs)
    {
        int rows = 0, width = runs[0].Source.Value.RowLength;
        foreach (var (source, _, count) in runs)
        {
            Compute.Check(source.Value.RowLength == width, source.Value, $"does not have rows of {width}");
            rows += count;
        }

        var y = Compute.Rent(rows, width);
        int at = 0;
        var parts = runs.ToArray();
        foreach (var (source, start, count) in parts)
        {
            source.Value.Slice(start, count).AsSpan<float>().CopyTo(y.Slice(at, count).AsSpan<float>());
            at += count;
        }

        return Record(y, [.. parts.Select(part => part.Source)], gradient =>
        {
            int from = 0;
            foreach (var (source, start, count) in parts)
            {
                if (source.RequiresGradient)
                {
                    source.Gradient ??= Zeros(source.Shape);
                    Compute.AddInto(source.Gradient.Slice(start, count), gradient.Slice(from, count));
                }

                from += count;
            }
        });
    }

    /// <summary>The same numbers under other extents.</summary>
    /// <exception cref="ArgumentException">Another number of elements.</exception>
    public Variable Reshape(Variable x, params ReadOnlySpan<int> extents) => Record(x.Value.Reshape(extents), [x], gradient => Add(x, gradient));

    /// <summary>The axes in another order: result axis i is axis axes[i] of x.</summary>
    /// <exception cref="ArgumentException">Not every axis exactly once.</exception>
    public Variable Permute(Variable x, params ReadOnlySpan<int> axes)
    {
        var order = axes.ToArray();
        Compute.Check(order.Order().SequenceEqual(Enumerable.Range(0, x.Shape.Rank)), x.Value, $"does not have the axes {string.Join(", ", order)}");
        var inverse = new int[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            inverse[order[i]] = i;
        }

        return Record(Permuted(x.Value, order), [x], gradient => Give(x, Permuted(gradient.Reshape(Array.ConvertAll(order, axis => x.Shape[axis])), inverse)));
    }

    private Tensor Permuted(Tensor x, int[] order)
    {
        var strides = new int[order.Length];
        for (int axis = order.Length - 1, stride = 1; axis >= 0; stride *= x.Shape[axis--])
        {
            strides[axis] = stride;
        }

        var y = Compute.Rent(Array.ConvertAll(order, axis => x.Shape[axis]));
        Span<float> source = x.AsSpan<float>(), destination = y.AsSpan<float>();
        for (int i = 0; i < destination.Length; i++)
        {
            int rest = i, place = 0;
            for (int axis = order.Length - 1; axis >= 0; axis--)
            {
                place += rest % y.Shape[axis] * strides[order[axis]];
                rest /= y.Shape[axis];
            }

            destination[i] = source[place];
        }

        return y;
    }
}
