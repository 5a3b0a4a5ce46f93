using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// The register tile of the matrix product: block sums of 12 packed rows with 32 columns. Each element has one accumulator that starts
/// at zero and runs over k upwards, at every width of vector.
/// </summary>
internal static unsafe class MatrixTile
{
    private const int Half = Panels.Rows / 2;

    // Without being asked the processor fetches B too late even from the second-level cache: a quarter of the time would be spent waiting.
    private const int StepsAhead = 16;
    private const int RowStepsAhead = 16;

    /// <summary>C[rows, columns] ← or += A·B over k steps.</summary>
    /// <param name="routines">Assembled code to use, if there is any.</param>
    /// <param name="tile">The operands.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V>(FloatRoutines routines, in FloatTile tile)
        where V : unmanaged, ILanes<V>
    {
        if (tile.Columns == Panels.Columns && (routines.Exist(tile.Format) || tile.Rows == Panels.Rows))
        {
            Whole<V>(routines, tile);
            return;
        }

        float* sums = stackalloc float[Panels.Rows * Panels.Columns];
        var apart = tile;
        apart.C = sums;
        apart.StrideOfC = Panels.Columns * sizeof(float);
        apart.Adds = 0;
        Whole<V>(routines, apart);
        MatrixSums.Store<V>(sums, Panels.Columns, tile.Rows, tile.Columns, tile.C, tile.StrideOfC / sizeof(float), tile.Adds != 0);
    }

    // Of 12 rows, those that are needed and, unless they are assembled, perhaps more.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Whole<V>(FloatRoutines routines, in FloatTile tile)
        where V : unmanaged, ILanes<V>
    {
        if (routines.Exist(tile.Format))
        {
            routines.Run(tile);
            return;
        }

        if (tile.Format == TileFormat.PairDots)
        {
            PairDots.Run<V>(tile);
            return;
        }

        float* a = tile.A, b = tile.B, c = tile.C;
        long bStride = tile.StrideOfB / sizeof(float), cStride = tile.StrideOfC / sizeof(float);
        int k = (int)tile.Steps, rows = tile.Rows;
        bool add = tile.Adds != 0;
        Prefetch.Range(tile.Ahead, tile.StrideAhead * k / FloatRoutines.StepsAtOnce);
        Prefetch.Rows(c, cStride, rows);
        if (V.Count == 16 && rows > Half)
        {
            // 24 accumulators, two columns of B and one number of A: 27 of 32 registers.
            Twelve<V>(a, b, bStride, k, c, cStride, add);
            return;
        }

        for (int column = 0; column < Panels.Columns; column += 2 * V.Count)
        {
            // 12 accumulators, two columns and one number: 15 of 16 registers.
            Six<V>(a, b + column, bStride, k, c + column, cStride, add);
            if (rows > Half)
            {
                Six<V>(a + Half, b + column, bStride, k, c + (Half * cStride) + column, cStride, add);
            }
        }
    }

    // One local a register: arrays and structs of vectors would live in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Twelve<V>(float* a, float* b, long bStride, int k, float* c, long cStride, bool add)
        where V : unmanaged, ILanes<V>
    {
        V x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default;
        V x6 = default, x7 = default, x8 = default, x9 = default, x10 = default, x11 = default;
        V y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default;
        V y6 = default, y7 = default, y8 = default, y9 = default, y10 = default, y11 = default;
        V t;
        for (float* end = a + ((long)k * Panels.Rows); a != end; a += Panels.Rows, b += bStride)
        {
            V x = V.Load(b), y = V.Load(b + V.Count);
            Prefetch.Near(b + (StepsAhead * bStride));
            Prefetch.Near(b + (StepsAhead * bStride) + V.Count);
            Prefetch.Near(a + (RowStepsAhead * Panels.Rows));
            t = V.Broadcast(a[0]); x0 = V.MultiplyAdd(t, x, x0); y0 = V.MultiplyAdd(t, y, y0);
            t = V.Broadcast(a[1]); x1 = V.MultiplyAdd(t, x, x1); y1 = V.MultiplyAdd(t, y, y1);
            t = V.Broadcast(a[2]); x2 = V.MultiplyAdd(t, x, x2); y2 = V.MultiplyAdd(t, y, y2);
            t = V.Broadcast(a[3]); x3 = V.MultiplyAdd(t, x, x3); y3 = V.MultiplyAdd(t, y, y3);
            t = V.Broadcast(a[4]); x4 = V.MultiplyAdd(t, x, x4); y4 = V.MultiplyAdd(t, y, y4);
            t = V.Broadcast(a[5]); x5 = V.MultiplyAdd(t, x, x5); y5 = V.MultiplyAdd(t, y, y5);
            t = V.Broadcast(a[6]); x6 = V.MultiplyAdd(t, x, x6); y6 = V.MultiplyAdd(t, y, y6);
            t = V.Broadcast(a[7]); x7 = V.MultiplyAdd(t, x, x7); y7 = V.MultiplyAdd(t, y, y7);
            t = V.Broadcast(a[8]); x8 = V.MultiplyAdd(t, x, x8); y8 = V.MultiplyAdd(t, y, y8);
            t = V.Broadcast(a[9]); x9 = V.MultiplyAdd(t, x, x9); y9 = V.MultiplyAdd(t, y, y9);
            t = V.Broadcast(a[10]); x10 = V.MultiplyAdd(t, x, x10); y10 = V.MultiplyAdd(t, y, y10);
            t = V.Broadcast(a[11]); x11 = V.MultiplyAdd(t, x, x11); y11 = V.MultiplyAdd(t, y, y11);
        }

        Store(c, x0, y0, add);
        Store(c + cStride, x1, y1, add);
        Store(c + (2 * cStride), x2, y2, add);
        Store(c + (3 * cStride), x3, y3, add);
        Store(c + (4 * cStride), x4, y4, add);
        Store(c + (5 * cStride), x5, y5, add);
        Store(c + (6 * cStride), x6, y6, add);
        Store(c + (7 * cStride), x7, y7, add);
        Store(c + (8 * cStride), x8, y8, add);
        Store(c + (9 * cStride), x9, y9, add);
        Store(c + (10 * cStride), x10, y10, add);
        Store(c + (11 * cStride), x11, y11, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six<V>(float* a, float* b, long bStride, int k, float* c, long cStride, bool add)
        where V : unmanaged, ILanes<V>
    {
        V x0 = default, x1 = default, x2 = default, x3 = default, x4 = default, x5 = default;
        V y0 = default, y1 = default, y2 = default, y3 = default, y4 = default, y5 = default;
        V t;
        for (float* end = a + ((long)k * Panels.Rows); a != end; a += Panels.Rows, b += bStride)
        {
            V x = V.Load(b), y = V.Load(b + V.Count);
            Prefetch.Near(b + (StepsAhead * bStride));
            Prefetch.Near(b + (StepsAhead * bStride) + V.Count);
            t = V.Broadcast(a[0]); x0 = V.MultiplyAdd(t, x, x0); y0 = V.MultiplyAdd(t, y, y0);
            t = V.Broadcast(a[1]); x1 = V.MultiplyAdd(t, x, x1); y1 = V.MultiplyAdd(t, y, y1);
            t = V.Broadcast(a[2]); x2 = V.MultiplyAdd(t, x, x2); y2 = V.MultiplyAdd(t, y, y2);
            t = V.Broadcast(a[3]); x3 = V.MultiplyAdd(t, x, x3); y3 = V.MultiplyAdd(t, y, y3);
            t = V.Broadcast(a[4]); x4 = V.MultiplyAdd(t, x, x4); y4 = V.MultiplyAdd(t, y, y4);
            t = V.Broadcast(a[5]); x5 = V.MultiplyAdd(t, x, x5); y5 = V.MultiplyAdd(t, y, y5);
        }

        Store(c, x0, y0, add);
        Store(c + cStride, x1, y1, add);
        Store(c + (2 * cStride), x2, y2, add);
        Store(c + (3 * cStride), x3, y3, add);
        Store(c + (4 * cStride), x4, y4, add);
        Store(c + (5 * cStride), x5, y5, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(float* c, V x, V y, bool add)
        where V : unmanaged, ILanes<V>
    {
        if (add)
        {
            x = V.Load(c) + x;
            y = V.Load(c + V.Count) + y;
        }

        x.Store(c);
        y.Store(c + V.Count);
    }
}
