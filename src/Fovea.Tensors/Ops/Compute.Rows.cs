using Fovea.Tensors.Kernels;

namespace Fovea.Tensors.Ops;

public sealed partial class Compute
{
    /// <summary>Copies rows of a stored table (f32, f16, bf16), widened: destination[i] = table[rows[i]].</summary>
    /// <param name="table">[n, width].</param>
    /// <param name="rows">Indices into the table.</param>
    /// <param name="destination">[at least rows.Length, width].</param>
    public void Gather(Tensor table, ReadOnlySpan<int> rows, Tensor destination)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            Widen.Row(table, rows[i], destination.Row<float>(i));
        }
    }

    /// <summary>Weighted sums of rows: destination[i] = Σ_e weights[e] · source[columns[e]] for e from offsets[i] to offsets[i + 1] − 1, in this order.</summary>
    /// <param name="source">[n, width].</param>
    /// <param name="offsets">One more than result rows.</param>
    /// <param name="columns">Source row of each entry.</param>
    /// <param name="weights">Weight of each entry; an entry alone with weight 1 is copied exactly.</param>
    /// <returns>[offsets.Length − 1, width], rented.</returns>
    public Tensor Combine(Tensor source, ReadOnlySpan<int> offsets, ReadOnlySpan<int> columns, ReadOnlySpan<float> weights)
    {
        var result = Rent(offsets.Length - 1, source.RowLength);
        for (int i = 0; i + 1 < offsets.Length; i++)
        {
            var row = result.Row<float>(i);
            row.Clear();
            for (int e = offsets[i]; e < offsets[i + 1]; e++)
            {
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd<float>(source.Row<float>(columns[e]), weights[e], row, row);
            }
        }

        return result;
    }
}
