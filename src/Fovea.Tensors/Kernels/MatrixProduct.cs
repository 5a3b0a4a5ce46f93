using System.Runtime.CompilerServices;

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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tiles<V>(in ProductOperands p, int start, int end)
        where V : unmanaged, ILanes<V>
    {
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
                        Tile<V>(p, row, column, k);
                    }
                }
            }
        }
    }

    /// <summary>Column panels <paramref name="start"/> to <paramref name="end"/> − 1 of a product of at most <see cref="MatrixRows.MaxRows"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows<V>(in ProductOperands p, int start, int end)
        where V : unmanaged, ILanes<V>
    {
        int column = start * Panels.Columns;
        int columns = Math.Min(end * Panels.Columns, p.N) - column;
        float* b = p.PackedB + ((long)column * p.K);
        float* c = p.C + column;
        for (int k = 0; k == 0 || k < p.K; k += Block, b += Block * Panels.Columns)
        {
            int steps = Math.Min(Block, p.K - k);
            MatrixRows.Run<V>(p.A + k, p.K, p.M, b, Panels.Columns, (long)p.K * Panels.Columns, steps, c, p.N, columns, add: k > 0);
        }

        if (p.Bias != null)
        {
            MatrixSums.AddBias<V>(c, p.N, p.M, columns, p.Bias + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<V>(in ProductOperands p, int rowPanel, int columnPanel, int k)
        where V : unmanaged, ILanes<V>
    {
        int row = rowPanel * Panels.Rows, column = columnPanel * Panels.Columns;
        int rows = Math.Min(Panels.Rows, p.M - row), columns = Math.Min(Panels.Columns, p.N - column);
        int steps = Math.Min(Block, p.K - k);
        float* a = p.PackedA + ((((long)rowPanel * p.K) + k) * Panels.Rows);
        float* b = p.PackedB + ((((long)columnPanel * p.K) + k) * Panels.Columns);
        float* c = p.C + ((long)row * p.N) + column;
        MatrixTile.Run<V>(a, b, Panels.Columns, steps, c, p.N, rows, columns, add: k > 0);
        if (p.Bias != null && k + steps == p.K)
        {
            MatrixSums.AddBias<V>(c, p.N, rows, columns, p.Bias + column);
        }
    }
}
