using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>The innermost integer product where no instruction adds four products of bytes at once: bytes are widened to 16 bits, which is exact.</summary>
internal static unsafe class IntegerRows
{
    private const int StepBytes = Panels.Columns * 4;
    private const int StepsOfUnit = IntegerPanels.Unit / 4;

    /// <summary>Adds the products of all groups of a tile of 8-bit numbers to the sums.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V>(in IntegerTile tile)
        where V : unmanaged, ILanes<V>
    {
        int rows = (int)tile.Rows, steps = (int)tile.Units * StepsOfUnit;
        int* a = (int*)tile.A;
        byte* b = tile.B;
        float* scales = tile.RowScales;
        float* products = stackalloc float[8 * V.Count];
        for (long group = 0; group < tile.Groups; group++, a += (long)steps * rows, scales += 2 * rows)
        {
            float* columnScales = (float*)(b + ((long)steps * StepBytes));
            for (int column = 0; column < Panels.Columns; column += 2 * V.Count)
            {
                for (int row = 0; row < rows; row += 4)
                {
                    int present = Math.Min(4, rows - row);
                    Sum<V>(a + row, rows, present, (float*)b + column, steps, scales + rows + row, products);
                    for (int r = 0; r < present; r++)
                    {
                        float* sums = (float*)((byte*)tile.Sums + ((row + r) * tile.Stride)) + column;
                        Add(products + (2 * r * V.Count), columnScales + column, V.Broadcast(scales[row + r]), sums);
                        Add(products + (((2 * r) + 1) * V.Count), columnScales + column + V.Count, V.Broadcast(scales[row + r]), sums + V.Count);
                    }
                }
            }

            b = (byte*)(columnScales + Panels.Columns);
        }

        static void Add(float* products, float* columnScales, V rowScale, float* sums) =>
            V.MultiplyAdd(V.FromIntegers(V.Load(products)) * V.Load(columnScales), rowScale, V.Load(sums)).Store(sums);
    }

    private static void Sum<V>(int* a, int stride, int rows, float* b, int steps, float* offsets, float* products)
        where V : unmanaged, ILanes<V>
    {
        if (rows == 1)
        {
            One<V>(a, stride, b, steps, offsets, products);
        }
        else
        {
            Four<V>(a, stride, rows, b, steps, offsets, products);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<V>(int* a, int stride, float* b, int steps, float* offsets, float* products)
        where V : unmanaged, ILanes<V>
    {
        V x = V.Broadcast(offsets[0]), y = x;
        for (int i = 0; i < steps; i++, a += stride, b += Panels.Columns)
        {
            V left = V.Load(b), right = V.Load(b + V.Count);
            Accumulate(*a, Even(left), Odd(left), Even(right), Odd(right), ref x, ref y);
        }

        x.Store(products); y.Store(products + V.Count);
    }

    // Behind the last row that one is read again; its products are not used.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<V>(int* a, int stride, int rows, float* b, int steps, float* offsets, float* products)
        where V : unmanaged, ILanes<V>
    {
        int third = Math.Min(2, rows - 1), fourth = Math.Min(3, rows - 1);
        V x0 = V.Broadcast(offsets[0]), x1 = V.Broadcast(offsets[1]), x2 = V.Broadcast(offsets[third]), x3 = V.Broadcast(offsets[fourth]);
        V y0 = x0, y1 = x1, y2 = x2, y3 = x3;
        for (int i = 0; i < steps; i++, a += stride, b += Panels.Columns)
        {
            V left = V.Load(b), right = V.Load(b + V.Count);
            V evenLeft = Even(left), oddLeft = Odd(left), evenRight = Even(right), oddRight = Odd(right);
            Accumulate(a[0], evenLeft, oddLeft, evenRight, oddRight, ref x0, ref y0);
            Accumulate(a[1], evenLeft, oddLeft, evenRight, oddRight, ref x1, ref y1);
            Accumulate(a[third], evenLeft, oddLeft, evenRight, oddRight, ref x2, ref y2);
            Accumulate(a[fourth], evenLeft, oddLeft, evenRight, oddRight, ref x3, ref y3);
        }

        x0.Store(products); y0.Store(products + V.Count);
        x1.Store(products + (2 * V.Count)); y1.Store(products + (3 * V.Count));
        x2.Store(products + (4 * V.Count)); y2.Store(products + (5 * V.Count));
        x3.Store(products + (6 * V.Count)); y3.Store(products + (7 * V.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<V>(int quadruple, V evenLeft, V oddLeft, V evenRight, V oddRight, ref V x, ref V y)
        where V : unmanaged, ILanes<V>
    {
        V t = V.Broadcast(BitConverter.Int32BitsToSingle(quadruple));
        V even = V.ShiftRightPairs(V.ShiftLeft(t, 8), 8), odd = V.ShiftRightPairs(t, 8);
        x = V.MultiplyAddPairs(odd, oddLeft, V.MultiplyAddPairs(even, evenLeft, x));
        y = V.MultiplyAddPairs(odd, oddRight, V.MultiplyAddPairs(even, evenRight, y));
    }

    // Bytes 0 and 2 of a lane, and 1 and 3, each as a 16-bit integer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Even<V>(V bytes)
        where V : unmanaged, ILanes<V> => V.And(bytes, 0x00FF00FF);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Odd<V>(V bytes)
        where V : unmanaged, ILanes<V> => V.And(V.ShiftRight(bytes, 8), 0x00FF00FF);
}
