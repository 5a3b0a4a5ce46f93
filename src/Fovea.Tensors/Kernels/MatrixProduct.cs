namespace Fovea.Tensors.Kernels;

/// <summary>
/// The matrix product on packed operands. The value of an element depends on its row of A and its column of B alone: k runs in blocks
/// of <see cref="Block"/>, a block has one accumulator that runs upwards from zero, blocks are added in order, the bias last.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Steps of k whose sum is kept in registers.</summary>
    public const int Block = 512;

    // Row panels that are multiplied with one panel of B in turn: a block of them, 480 KiB, stays in the second-level cache.
    private const int RowPanelsAtOnce = 20;

    /// <summary>Tiles <paramref name="start"/> to <paramref name="end"/> − 1, counted down the row panels of one column panel after the other.</summary>
    public static void Tiles<V>(in ProductOperands p, int start, int end)
        where V : unmanaged, ILanes<V>
    {
        float* spare = stackalloc float[Panels.Rows * Panels.Columns];
        int rowPanels = p.RowPanels;
        for (int firstRow = 0; firstRow < rowPanels; firstRow += RowPanelsAtOnce)
        {
            for (int k = 0; k == 0 || k < p.K; k += Block)
            {
                for (int column = start / rowPanels; column <= (end - 1) / rowPanels; column++)
                {
                    int first = Math.Max(firstRow, start - (column * rowPanels));
                    int last = Math.Min(Math.Min(firstRow + RowPanelsAtOnce, rowPanels), end - (column * rowPanels));
                    for (int row = first; row < last; row++)
                    {
                        Tile<V>(p, row, column, k, spare);
                    }
                }
            }
        }
    }

    /// <summary>Column panels <paramref name="start"/> to <paramref name="end"/> − 1 of a product of at most <see cref="MatrixRows.MaxRows"/> rows.</summary>
    public static void Rows<V>(in ProductOperands p, int start, int end)
        where V : unmanaged, ILanes<V>
    {
        int vectors = MatrixRows.Columns(p.M);
        float* sums = stackalloc float[MatrixRows.Sums * V.Count];
        float** columns = stackalloc float*[vectors];
        long limit = ((long)end * Panels.Columns) - V.Count;
        for (long n = (long)start * Panels.Columns; n <= limit; n += vectors * V.Count)
        {
            for (int k = 0; k == 0 || k < p.K; k += Block)
            {
                for (int v = 0; v < vectors; v++)
                {
                    // Behind the last column of this range the last one is read again; its sums are not stored.
                    long column = Math.Min(n + (v * V.Count), limit);
                    columns[v] = p.PackedB + ((((column / Panels.Columns) * p.K) + k) * Panels.Columns) + (column % Panels.Columns);
                }

                int steps = Math.Min(Block, p.K - k);
                MatrixRows.Run<V>(p.A + k, p.K, p.M, columns, Panels.Columns, steps, sums);
                int width = (int)Math.Min(Math.Min(vectors * V.Count, (long)end * Panels.Columns - n), p.N - n);
                Merge<V>(p, 0, p.M, (int)n, width, k, sums, vectors * V.Count);
            }
        }
    }

    private static void Tile<V>(in ProductOperands p, int rowPanel, int columnPanel, int k, float* spare)
        where V : unmanaged, ILanes<V>
    {
        int row = rowPanel * Panels.Rows, column = columnPanel * Panels.Columns;
        int rows = Math.Min(Panels.Rows, p.M - row), columns = Math.Min(Panels.Columns, p.N - column);
        int steps = Math.Min(Block, p.K - k);
        float* a = p.PackedA + ((((long)rowPanel * p.K) + k) * Panels.Rows);
        float* b = p.PackedB + ((((long)columnPanel * p.K) + k) * Panels.Columns);
        bool last = k + steps == p.K;
        if (rows == Panels.Rows && columns == Panels.Columns && !(last && p.Bias != null))
        {
            MatrixTile.Run<V>(a, b, Panels.Columns, steps, p.C + ((long)row * p.N) + column, p.N, add: k > 0);
            return;
        }

        MatrixTile.Run<V>(a, b, Panels.Columns, steps, spare, Panels.Columns, add: false);
        Merge<V>(p, row, rows, column, columns, k, spare, Panels.Columns);
    }

    /// <summary>Stores or adds block sums, and adds the bias to those of the last block.</summary>
    private static void Merge<V>(in ProductOperands p, int row, int rows, int column, int columns, int k, float* sums, int stride)
        where V : unmanaged, ILanes<V>
    {
        bool bias = p.Bias != null && k + Block >= p.K;
        for (int r = 0; r < rows; r++, sums += stride)
        {
            float* c = p.C + ((long)(row + r) * p.N) + column;
            int i = 0;
            for (; i + V.Count <= columns; i += V.Count)
            {
                Merge(V.Load(sums + i), c + i, k > 0, bias ? p.Bias + column + i : null);
            }

            for (; i < columns; i++)
            {
                Merge(Lanes1.Load(sums + i), c + i, k > 0, bias ? p.Bias + column + i : null);
            }
        }
    }

    private static void Merge<V>(V sum, float* c, bool add, float* bias)
        where V : unmanaged, ILanes<V>
    {
        sum = add ? V.Load(c) + sum : sum;
        sum = bias != null ? sum + V.Load(bias) : sum;
        sum.Store(c);
    }
}
