using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// Block sums of one to four rows with a few vectors of columns, for products that are bound by reading B. The order of summation is that
/// of <see cref="MatrixTile"/>; the independent sums that the processor needs come from several columns.
/// </summary>
internal static unsafe class MatrixRows
{
    /// <summary>The most rows of one call.</summary>
    public const int MaxRows = 4;

    private const int SumsAtOnce = 8;
    private const int StepsAhead = 32;

    /// <summary>C[rows, columns] ← or += A·B over k steps.</summary>
    /// <param name="a">A, rows <paramref name="aStride"/> apart.</param>
    /// <param name="aStride">Numbers from one row of A to the next.</param>
    /// <param name="rows">1 to <see cref="MaxRows"/>.</param>
    /// <param name="b">B: panels of 32 columns, <paramref name="panelStride"/> apart; all panels that hold one of the columns are read whole.</param>
    /// <param name="bStride">Numbers from one row of a panel to the next.</param>
    /// <param name="panelStride">Numbers from one panel to the next.</param>
    /// <param name="k">Steps.</param>
    /// <param name="c">C, rows <paramref name="cStride"/> apart.</param>
    /// <param name="cStride">Numbers from one row of C to the next.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="add">Whether the sums are added to C.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V>(
        float* a, long aStride, int rows, float* b, long bStride, long panelStride, int k, float* c, long cStride, int columns, bool add)
        where V : unmanaged, ILanes<V>
    {
        int vectors = rows switch { 1 => SumsAtOnce, 2 => SumsAtOnce / 2, _ => SumsAtOnce / 4 };
        float* sums = stackalloc float[SumsAtOnce * V.Count];
        float** vector = stackalloc float*[SumsAtOnce];
        int last = (Panels.Count(columns, Panels.Columns) * Panels.Columns) - V.Count;
        for (int start = 0; start < columns; start += vectors * V.Count)
        {
            for (int v = 0; v < vectors; v++)
            {
                // Behind the last column that one is read again; the sums are not stored.
                int column = Math.Min(start + (v * V.Count), last);
                vector[v] = b + (column / Panels.Columns * panelStride) + (column % Panels.Columns);
            }

            Sum<V>(a, aStride, rows, vector, bStride, k, sums);
            MatrixSums.Store<V>(sums, vectors * V.Count, rows, Math.Min(vectors * V.Count, columns - start), c + start, cStride, add);
        }
    }

    private static void Sum<V>(float* a, long aStride, int rows, float** columns, long bStride, int k, float* sums)
        where V : unmanaged, ILanes<V>
    {
        switch (rows)
        {
            case 1:
                One<V>(a, columns, bStride, k, sums);
                break;
            case 2:
                Two<V>(a, aStride, columns, bStride, k, sums);
                break;
            case 3:
                Three<V>(a, aStride, columns, bStride, k, sums);
                break;
            default:
                Four<V>(a, aStride, columns, bStride, k, sums);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<V>(float* a, float** columns, long bStride, int k, float* sums)
        where V : unmanaged, ILanes<V>
    {
        float* p0 = columns[0], p1 = columns[1], p2 = columns[2], p3 = columns[3], p4 = columns[4], p5 = columns[5], p6 = columns[6], p7 = columns[7];
        V s00 = default, s01 = default, s02 = default, s03 = default, s04 = default, s05 = default, s06 = default, s07 = default;
        long at = 0, ahead = StepsAhead * bStride;
        for (int i = 0; i < k; i++, at += bStride)
        {
            Prefetch.Near(p0 + at + ahead);
            Prefetch.Near(p1 + at + ahead);
            Prefetch.Near(p2 + at + ahead);
            Prefetch.Near(p3 + at + ahead);
            Prefetch.Near(p4 + at + ahead);
            Prefetch.Near(p5 + at + ahead);
            Prefetch.Near(p6 + at + ahead);
            Prefetch.Near(p7 + at + ahead);
            V t = V.Broadcast(a[i]);
            s00 = V.MultiplyAdd(t, V.Load(p0 + at), s00);
            s01 = V.MultiplyAdd(t, V.Load(p1 + at), s01);
            s02 = V.MultiplyAdd(t, V.Load(p2 + at), s02);
            s03 = V.MultiplyAdd(t, V.Load(p3 + at), s03);
            s04 = V.MultiplyAdd(t, V.Load(p4 + at), s04);
            s05 = V.MultiplyAdd(t, V.Load(p5 + at), s05);
            s06 = V.MultiplyAdd(t, V.Load(p6 + at), s06);
            s07 = V.MultiplyAdd(t, V.Load(p7 + at), s07);
        }

        s00.Store(sums); s01.Store(sums + V.Count); s02.Store(sums + (2 * V.Count)); s03.Store(sums + (3 * V.Count));
        s04.Store(sums + (4 * V.Count)); s05.Store(sums + (5 * V.Count)); s06.Store(sums + (6 * V.Count)); s07.Store(sums + (7 * V.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two<V>(float* a, long aStride, float** columns, long bStride, int k, float* sums)
        where V : unmanaged, ILanes<V>
    {
        float* a0 = a, a1 = a + aStride;
        float* p0 = columns[0], p1 = columns[1], p2 = columns[2], p3 = columns[3];
        V s00 = default, s01 = default, s02 = default, s03 = default;
        V s10 = default, s11 = default, s12 = default, s13 = default;
        long at = 0, ahead = StepsAhead * bStride;
        for (int i = 0; i < k; i++, at += bStride)
        {
            Prefetch.Near(p0 + at + ahead);
            Prefetch.Near(p1 + at + ahead);
            Prefetch.Near(p2 + at + ahead);
            Prefetch.Near(p3 + at + ahead);
            V b0 = V.Load(p0 + at), b1 = V.Load(p1 + at), b2 = V.Load(p2 + at), b3 = V.Load(p3 + at);
            V t;
            t = V.Broadcast(a0[i]);
            s00 = V.MultiplyAdd(t, b0, s00); s01 = V.MultiplyAdd(t, b1, s01); s02 = V.MultiplyAdd(t, b2, s02); s03 = V.MultiplyAdd(t, b3, s03);
            t = V.Broadcast(a1[i]);
            s10 = V.MultiplyAdd(t, b0, s10); s11 = V.MultiplyAdd(t, b1, s11); s12 = V.MultiplyAdd(t, b2, s12); s13 = V.MultiplyAdd(t, b3, s13);
        }

        s00.Store(sums); s01.Store(sums + V.Count); s02.Store(sums + (2 * V.Count)); s03.Store(sums + (3 * V.Count));
        s10.Store(sums + (4 * V.Count)); s11.Store(sums + (5 * V.Count)); s12.Store(sums + (6 * V.Count)); s13.Store(sums + (7 * V.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Three<V>(float* a, long aStride, float** columns, long bStride, int k, float* sums)
        where V : unmanaged, ILanes<V>
    {
        float* a0 = a, a1 = a + aStride, a2 = a + (2 * aStride);
        float* p0 = columns[0], p1 = columns[1];
        V s00 = default, s01 = default;
        V s10 = default, s11 = default;
        V s20 = default, s21 = default;
        long at = 0, ahead = StepsAhead * bStride;
        for (int i = 0; i < k; i++, at += bStride)
        {
            Prefetch.Near(p0 + at + ahead);
            Prefetch.Near(p1 + at + ahead);
            V b0 = V.Load(p0 + at), b1 = V.Load(p1 + at);
            V t;
            t = V.Broadcast(a0[i]); s00 = V.MultiplyAdd(t, b0, s00); s01 = V.MultiplyAdd(t, b1, s01);
            t = V.Broadcast(a1[i]); s10 = V.MultiplyAdd(t, b0, s10); s11 = V.MultiplyAdd(t, b1, s11);
            t = V.Broadcast(a2[i]); s20 = V.MultiplyAdd(t, b0, s20); s21 = V.MultiplyAdd(t, b1, s21);
        }

        s00.Store(sums); s01.Store(sums + V.Count);
        s10.Store(sums + (2 * V.Count)); s11.Store(sums + (3 * V.Count));
        s20.Store(sums + (4 * V.Count)); s21.Store(sums + (5 * V.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<V>(float* a, long aStride, float** columns, long bStride, int k, float* sums)
        where V : unmanaged, ILanes<V>
    {
        float* a0 = a, a1 = a + aStride, a2 = a + (2 * aStride), a3 = a + (3 * aStride);
        float* p0 = columns[0], p1 = columns[1];
        V s00 = default, s01 = default;
        V s10 = default, s11 = default;
        V s20 = default, s21 = default;
        V s30 = default, s31 = default;
        long at = 0, ahead = StepsAhead * bStride;
        for (int i = 0; i < k; i++, at += bStride)
        {
            Prefetch.Near(p0 + at + ahead);
            Prefetch.Near(p1 + at + ahead);
            V b0 = V.Load(p0 + at), b1 = V.Load(p1 + at);
            V t;
            t = V.Broadcast(a0[i]); s00 = V.MultiplyAdd(t, b0, s00); s01 = V.MultiplyAdd(t, b1, s01);
            t = V.Broadcast(a1[i]); s10 = V.MultiplyAdd(t, b0, s10); s11 = V.MultiplyAdd(t, b1, s11);
            t = V.Broadcast(a2[i]); s20 = V.MultiplyAdd(t, b0, s20); s21 = V.MultiplyAdd(t, b1, s21);
            t = V.Broadcast(a3[i]); s30 = V.MultiplyAdd(t, b0, s30); s31 = V.MultiplyAdd(t, b1, s31);
        }

        s00.Store(sums); s01.Store(sums + V.Count);
        s10.Store(sums + (2 * V.Count)); s11.Store(sums + (3 * V.Count));
        s20.Store(sums + (4 * V.Count)); s21.Store(sums + (5 * V.Count));
        s30.Store(sums + (6 * V.Count)); s31.Store(sums + (7 * V.Count));
    }
}
