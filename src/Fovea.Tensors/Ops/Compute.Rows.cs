using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

public sealed unsafe partial class Compute
{
    /// <summary>Copies rows of a stored table (f32, f16, bf16), widened: destination[i] = table[rows[i]].</summary>
    /// <param name="table">[n, width].</param>
    /// <param name="rows">Indices into the table.</param>
    /// <param name="destination">[at least rows.Length, width].</param>
    /// <exception cref="ArgumentException">
    /// An index outside the table, a destination of another width or too short, or a type that cannot be widened.
    /// </exception>
    public void Gather(Tensor table, ReadOnlySpan<int> rows, Tensor destination)
    {
        Check(table.ElementType is ElementType.F32 or ElementType.F16 or ElementType.BF16, table, $"does not hold f32, f16 or bf16");
        Check(
            destination.RowLength == table.RowLength && destination.Rows >= rows.Length, destination, $"does not take {rows.Length} rows of {table}");
        foreach (int row in rows)
        {
            Check((uint)row < (uint)table.Rows, table, $"has no row {row}");
        }

        fixed (int* indices = rows)
        {
            var work = new GatherWork
            {
                Table = table.Pointer,
                Type = table.ElementType,
                Rows = indices,
                Destination = destination.Floats,
                Width = table.RowLength,
            };
            RunRows(rows.Length, table.RowLength, ref work);
        }
    }

    /// <summary>
    /// Weighted sums of rows: destination[i] = Σ_e weights[e] · source[columns[e]] for e from offsets[i] to offsets[i + 1] − 1, in this order.
    /// </summary>
    /// <param name="source">[n, width].</param>
    /// <param name="offsets">One more than result rows, not falling.</param>
    /// <param name="columns">Source row of each entry.</param>
    /// <param name="weights">Weight of each entry; an entry alone with weight 1 is copied exactly.</param>
    /// <returns>[offsets.Length − 1, width], rented; a row without entries is zero.</returns>
    /// <exception cref="ArgumentException">
    /// No offsets, offsets that fall or lie outside the entries, columns outside the source, or another number of weights than columns.
    /// </exception>
    public Tensor Combine(Tensor source, ReadOnlySpan<int> offsets, ReadOnlySpan<int> columns, ReadOnlySpan<float> weights)
    {
        Check(
            offsets.Length > 0 && columns.Length == weights.Length,
            source,
            $"cannot be combined with {offsets.Length} offsets, {columns.Length} columns, {weights.Length} weights");
        int previous = 0;
        foreach (int offset in offsets)
        {
            Check(
                offset >= previous && offset <= columns.Length,
                source,
                $"cannot be combined with offset {offset} after {previous} in {columns.Length} entries");
            previous = offset;
        }

        foreach (int column in columns)
        {
            Check((uint)column < (uint)source.Rows, source, $"has no row {column}");
        }

        var result = Rent(offsets.Length - 1, source.RowLength);
        fixed (int* offset = offsets, column = columns)
        fixed (float* weight = weights)
        {
            var work = new CombineWork
            {
                Kernels = Kernels,
                Source = source.Floats,
                Width = source.RowLength,
                Offsets = offset,
                Columns = column,
                Weights = weight,
                Destination = result.Floats,
            };
            RunRows(result.Rows, source.RowLength, ref work);
        }

        return result;
    }

    private struct GatherWork : IRangeWork
    {
        public byte* Table;
        public ElementType Type;
        public int* Rows;
        public float* Destination;
        public int Width;

        public readonly void Execute(int start, int end, int worker)
        {
            int bytes = Width * Type.Bytes();
            for (int i = start; i < end; i++)
            {
                Widen.Convert(new ReadOnlySpan<byte>(Table + ((long)Rows[i] * bytes), bytes), Type, new Span<float>(Destination + ((long)i * Width), Width));
            }
        }
    }

    private struct CombineWork : IRangeWork
    {
        public KernelSet Kernels;
        public float* Source;
        public int Width;
        public int* Offsets;
        public int* Columns;
        public float* Weights;
        public float* Destination;

        public readonly void Execute(int start, int end, int worker)
        {
            for (int i = start; i < end; i++)
            {
                int first = Offsets[i];
                Kernels.Combine(Source, Width, Columns + first, Weights + first, Offsets[i + 1] - first, Destination + ((long)i * Width));
            }
        }
    }
}
