using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// The matrix product on packed operands. The value of an element depends on its row of A and its column of B alone: k runs in blocks
/// of <see cref="Block"/>, a block has one accumulator that runs upwards from zero, blocks are added in order, then the epilogue follows.
/// </summary>
internal static unsafe class MatrixProduct
{
    /// <summary>Steps of k whose sum is kept in registers.</summary>
    public const int Block = 512;

    // Row panels that are multiplied with one panel of B in turn: of f32 a block of them, 576 KiB at most, stays in the second-level cache.
    private const int RowPanelsAtOnce = 24;

    // So many bytes of A stay in the second-level cache for all k: a panel of B is read from its start to its end, as it lies in memory, and C is written once.
    private const long BytesThatStay = 1 << 20;

    // With so few row panels a tile asks for memory early enough itself.
    private const int RowPanelsThatAsk = 2;

    /// <summary>Tiles <paramref name="start"/> to <paramref name="end"/> − 1, counted down the row panels of one column panel after the other.</summary>
    /// <param name="tiles">The tiles.</param>
    /// <param name="rowPanels">Panels of A.</param>
    /// <param name="inputs">Length of the sums.</param>
    /// <param name="inputBytes">Bytes of a number of A.</param>
    /// <param name="block">Steps that are done at once.</param>
    /// <param name="start">The first tile.</param>
    /// <param name="end">The tile behind the last one.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Walk<TTiles>(ref TTiles tiles, int rowPanels, int inputs, int inputBytes, int block, int start, int end)
        where TTiles : struct, ITiles
    {
        bool fetch = rowPanels > RowPanelsThatAsk;
        if (!fetch || (long)rowPanels * Panels.Rows * inputs * inputBytes <= BytesThatStay)
        {
            for (int column = start / rowPanels; column <= (end - 1) / rowPanels; column++)
            {
                for (int k = 0; k == 0 || k < inputs; k += block)
                {
                    bool ends = k + block >= inputs;
                    var next = fetch ? (ends ? column + 1 : column, ends ? 0 : k + block) : ((int, int)?)null;
                    Panel(ref tiles, column, k, Math.Max(0, start - (column * rowPanels)), Math.Min(rowPanels, end - (column * rowPanels)), next);
                }
            }

            return;
        }

        int blocks = Panels.Count(rowPanels, RowPanelsAtOnce), atOnce = Panels.Count(rowPanels, blocks);
        for (int firstRow = 0; firstRow < rowPanels; firstRow += atOnce)
        {
            for (int k = 0; k == 0 || k < inputs; k += block)
            {
                for (int column = start / rowPanels; column <= (end - 1) / rowPanels; column++)
                {
                    int first = Math.Max(firstRow, start - (column * rowPanels));
                    int last = Math.Min(Math.Min(firstRow + atOnce, rowPanels), end - (column * rowPanels));
                    Panel(ref tiles, column, k, first, last, (column + 1, k));
                }
            }
        }
    }

    /// <summary>Tiles <paramref name="start"/> to <paramref name="end"/> − 1 as <see cref="Walk"/> counts them.</summary>
    public static void Tiles<V>(in ProductOperands p, FloatRoutines routines, int start, int end, int worker)
        where V : unmanaged, ILanes<V>
    {
        switch (p.Kind)
        {
            case WeightKind.BF16:
                Tiles<V, BFloat16Pairs>(p, routines, start, end, worker);
                break;
            case WeightKind.F16:
                Tiles<V, HalfPairs>(p, routines, start, end, worker);
                break;
            default:
                var tiles = new FloatTiles<V>(p, routines);
                Walk(ref tiles, p.RowPanels, p.K, sizeof(float), Block, start, end);
                break;
        }
    }

    /// <summary>Column panels <paramref name="start"/> to <paramref name="end"/> − 1 of a product of at most <see cref="MatrixRows.MaxRows"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows<V>(in ProductOperands p, int start, int end)
        where V : unmanaged, ILanes<V>
    {
        int column = start * Panels.Columns;
        int columns = Math.Min(end * Panels.Columns, p.N) - column;
        float* c = p.C + column;
        for (int k = 0; k == 0 || k < p.K; k += Block)
        {
            Rows<V>(p, start, columns, k, c);
        }

        p.Epilogue.Apply<V>(c, p.N, p.N, 0, p.M, column, columns);
    }

    /// <summary>One block of steps of one tile, and the epilogue behind the last one.</summary>
    /// <param name="p">The operands.</param>
    /// <param name="routines">Assembled code to use, if there is any.</param>
    /// <param name="b">The steps of the panel of B in f32, or as they are kept.</param>
    /// <param name="format">What they and A are.</param>
    /// <param name="rowPanel">The panel of A.</param>
    /// <param name="columnPanel">The panel of B.</param>
    /// <param name="k">The first step.</param>
    /// <param name="ahead">What is asked for on the way.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile<V>(in ProductOperands p, FloatRoutines routines, float* b, TileFormat format, int rowPanel, int columnPanel, int k, Ahead ahead)
        where V : unmanaged, ILanes<V>
    {
        int row = rowPanel * Panels.Rows, column = columnPanel * Panels.Columns;
        int rows = Math.Min(Panels.Rows, p.M - row), columns = Math.Min(Panels.Columns, p.N - column);
        int steps = Math.Min(Block, p.K - k);
        float* c = p.C + ((long)row * p.N) + column;
        bool dots = format == TileFormat.PairDots;
        var tile = new FloatTile
        {
            A = p.PackedA + ((dots ? ((long)rowPanel * p.Pairs) + (k / 2) : ((long)rowPanel * p.K) + k) * Panels.Rows),
            B = b,
            StrideOfB = Panels.Columns * sizeof(float),
            Format = format,
            Steps = dots ? (steps + 1) / 2 : steps,
            C = c,
            StrideOfC = (long)p.N * sizeof(float),
            Adds = k,
            Rows = rows,
            Columns = columns,
        };
        tile.AskFor(ahead);
        MatrixTile.Run<V>(routines, tile);
        if (k + steps == p.K)
        {
            p.Epilogue.Apply<V>(c, p.N, p.N, row, rows, column, columns);
        }
    }

    private static void Panel<TTiles>(ref TTiles tiles, int column, int k, int first, int end, (int Column, int K)? next)
        where TTiles : struct, ITiles
    {
        if (first < end)
        {
            tiles.Panel(column, k, end - first);
        }

        for (int row = first; row < end; row++)
        {
            tiles.Tile(row, column, k, next is { } panel ? tiles.Next(panel.Column, panel.K, row - first, end - first) : default);
        }
    }

    private static void Tiles<V, TPairs>(in ProductOperands p, FloatRoutines routines, int start, int end, int worker)
        where V : unmanaged, ILanes<V>
        where TPairs : struct, IPairs
    {
        var tiles = new PairTiles<V, TPairs>(p, routines, worker);
        Walk(ref tiles, p.RowPanels, p.K, sizeof(float), Block, start, end);
    }

    private static void Rows<V>(in ProductOperands p, int panel, int columns, int k, float* c)
        where V : unmanaged, ILanes<V>
    {
        int steps = Math.Min(Block, p.K - k);
        float* pairs = p.PackedB + ((((long)panel * p.Pairs) + (k / 2)) * Panels.Columns);
        switch (p.Kind)
        {
            case WeightKind.BF16:
                MatrixPairRows.Run<V, BFloat16Pairs>(p.A + k, p.K, p.M, pairs, (long)p.Pairs * Panels.Columns, steps, c, p.N, columns, add: k > 0);
                break;
            case WeightKind.F16:
                MatrixPairRows.Run<V, HalfPairs>(p.A + k, p.K, p.M, pairs, (long)p.Pairs * Panels.Columns, steps, c, p.N, columns, add: k > 0);
                break;
            default:
                float* b = p.PackedB + ((((long)panel * p.K) + k) * Panels.Columns);
                MatrixRows.Run<V>(p.A + k, p.K, p.M, b, Panels.Columns, (long)p.K * Panels.Columns, steps, c, p.N, columns, add: k > 0);
                break;
        }
    }
}
