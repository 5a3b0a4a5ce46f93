using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// Block sums of both products of pairs of bf16 where no instruction adds them. Of a pair the second product is added first, each with one rounding, as
/// Intel describes <c>vdpbf16ps</c>; processors may differ in the last bits, and take numbers below 2⁻¹²⁶ for zero.
/// </summary>
internal static unsafe class PairDots
{
    /// <summary>C[rows, 32] ← or += A·B over the steps of a tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V>(in FloatTile tile)
        where V : unmanaged, ILanes<V>
    {
        for (int row = 0; row < tile.Rows; row++)
        {
            float* c = (float*)((byte*)tile.C + (row * tile.StrideOfC));
            for (int column = 0; column < Panels.Columns; column += V.Count)
            {
                V sum = Sum<V>(tile.A + row, tile.B + column, tile.StrideOfB / sizeof(float), tile.Steps);
                (tile.Adds != 0 ? V.Load(c + column) + sum : sum).Store(c + column);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Sum<V>(float* a, float* b, long stride, long steps)
        where V : unmanaged, ILanes<V>
    {
        V sum = default;
        for (long step = 0; step < steps; step++, a += Panels.Rows, b += stride)
        {
            BFloat16Pairs.Widen(V.Broadcast(*a), out var x0, out var x1);
            BFloat16Pairs.Widen(V.Load(b), out var y0, out var y1);
            sum = V.MultiplyAdd(x0, y0, V.MultiplyAdd(x1, y1, sum));
        }

        return sum;
    }
}
