using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// Block sums of one to four rows with columns of 16-bit weights, which are widened in registers, for products that are bound by reading B.
/// The order of summation is that of <see cref="MatrixTile"/>.
/// </summary>
internal static unsafe class MatrixPairRows
{
    private const int SumsAtOnce = 8;
    private const int Ahead = 32 * Panels.Columns;

    /// <summary>C[rows, columns] ← or += A·B over k steps.</summary>
    /// <param name="a">A, rows <paramref name="aStride"/> apart.</param>
    /// <param name="aStride">Numbers from one row of A to the next.</param>
    /// <param name="rows">1 to <see cref="MatrixRows.MaxRows"/>.</param>
    /// <param name="b">B: panels [k/2][32][2], <paramref name="panelStride"/> apart; all panels that hold one of the columns are read whole.</param>
    /// <param name="panelStride">Pairs from one panel to the next.</param>
    /// <param name="k">Steps.</param>
    /// <param name="c">C, rows <paramref name="cStride"/> apart.</param>
    /// <param name="cStride">Numbers from one row of C to the next.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="add">Whether the sums are added to C.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V, TPairs>(float* a, long aStride, int rows, float* b, long panelStride, int k, float* c, long cStride, int columns, bool add)
        where V : unmanaged, ILanes<V>
        where TPairs : struct, IPairs
    {
        int vectors = rows == 1 ? SumsAtOnce / 2 : SumsAtOnce / 4;
        float* sums = stackalloc float[SumsAtOnce * V.Count];
        float** vector = stackalloc float*[SumsAtOnce / 2];
        int last = (Panels.Count(columns, Panels.Columns) * Panels.Columns) - V.Count;
        for (int start = 0; start < columns; start += vectors * V.Count)
        {
            for (int v = 0; v < vectors; v++)
            {
                // Behind the last column that one is read again; the sums are not stored.
                int column = Math.Min(start + (v * V.Count), last);
                vector[v] = b + (column / Panels.Columns * panelStride) + (column % Panels.Columns);
            }

            if (rows == 1)
            {
                One<V, TPairs>(a, vector, k, sums);
            }
            else
            {
                Four<V, TPairs>(a, aStride, rows, vector, k, sums);
            }

            MatrixSums.Store<V>(sums, vectors * V.Count, rows, Math.Min(vectors * V.Count, columns - start), c + start, cStride, add);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<V, TPairs>(float* a, float** columns, int k, float* sums)
        where V : unmanaged, ILanes<V>
        where TPairs : struct, IPairs
    {
        float* p0 = columns[0], p1 = columns[1], p2 = columns[2], p3 = columns[3];
        V s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < k; i += 2, p0 += Panels.Columns, p1 += Panels.Columns, p2 += Panels.Columns, p3 += Panels.Columns)
        {
            Prefetch.Near(p0 + Ahead);
            Prefetch.Near(p1 + Ahead);
            Prefetch.Near(p2 + Ahead);
            Prefetch.Near(p3 + Ahead);
            TPairs.Widen(V.Load(p0), out var x0, out var y0);
            TPairs.Widen(V.Load(p1), out var x1, out var y1);
            TPairs.Widen(V.Load(p2), out var x2, out var y2);
            TPairs.Widen(V.Load(p3), out var x3, out var y3);
            V t = V.Broadcast(a[i]);
            s0 = V.MultiplyAdd(t, x0, s0); s1 = V.MultiplyAdd(t, x1, s1); s2 = V.MultiplyAdd(t, x2, s2); s3 = V.MultiplyAdd(t, x3, s3);
            if (i + 1 == k)
            {
                break;
            }

            t = V.Broadcast(a[i + 1]);
            s0 = V.MultiplyAdd(t, y0, s0); s1 = V.MultiplyAdd(t, y1, s1); s2 = V.MultiplyAdd(t, y2, s2); s3 = V.MultiplyAdd(t, y3, s3);
        }

        s0.Store(sums); s1.Store(sums + V.Count); s2.Store(sums + (2 * V.Count)); s3.Store(sums + (3 * V.Count));
    }

    // Behind the last row that one is read again; the sums are not stored.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<V, TPairs>(float* a, long aStride, int rows, float** columns, int k, float* sums)
        where V : unmanaged, ILanes<V>
        where TPairs : struct, IPairs
    {
        float* a0 = a, a1 = a + aStride, a2 = a + (Math.Min(2, rows - 1) * aStride), a3 = a + (Math.Min(3, rows - 1) * aStride);
        float* p0 = columns[0], p1 = columns[1];
        V s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        for (int i = 0; i < k; i += 2, p0 += Panels.Columns, p1 += Panels.Columns)
        {
            Prefetch.Near(p0 + Ahead);
            Prefetch.Near(p1 + Ahead);
            TPairs.Widen(V.Load(p0), out var x0, out var y0);
            TPairs.Widen(V.Load(p1), out var x1, out var y1);
            V t;
            t = V.Broadcast(a0[i]); s00 = V.MultiplyAdd(t, x0, s00); s01 = V.MultiplyAdd(t, x1, s01);
            t = V.Broadcast(a1[i]); s10 = V.MultiplyAdd(t, x0, s10); s11 = V.MultiplyAdd(t, x1, s11);
            t = V.Broadcast(a2[i]); s20 = V.MultiplyAdd(t, x0, s20); s21 = V.MultiplyAdd(t, x1, s21);
            t = V.Broadcast(a3[i]); s30 = V.MultiplyAdd(t, x0, s30); s31 = V.MultiplyAdd(t, x1, s31);
            if (i + 1 == k)
            {
                break;
            }

            t = V.Broadcast(a0[i + 1]); s00 = V.MultiplyAdd(t, y0, s00); s01 = V.MultiplyAdd(t, y1, s01);
            t = V.Broadcast(a1[i + 1]); s10 = V.MultiplyAdd(t, y0, s10); s11 = V.MultiplyAdd(t, y1, s11);
            t = V.Broadcast(a2[i + 1]); s20 = V.MultiplyAdd(t, y0, s20); s21 = V.MultiplyAdd(t, y1, s21);
            t = V.Broadcast(a3[i + 1]); s30 = V.MultiplyAdd(t, y0, s30); s31 = V.MultiplyAdd(t, y1, s31);
        }

        s00.Store(sums); s01.Store(sums + V.Count);
        s10.Store(sums + (2 * V.Count)); s11.Store(sums + (3 * V.Count));
        s20.Store(sums + (4 * V.Count)); s21.Store(sums + (5 * V.Count));
        s30.Store(sums + (6 * V.Count)); s31.Store(sums + (7 * V.Count));
    }
}
