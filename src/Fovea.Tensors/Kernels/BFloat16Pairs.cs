using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>bfloat16: the upper half of a binary32.</summary>
internal readonly struct BFloat16Pairs : IPairs
{
    public static TileFormat Widened => TileFormat.WidenedPairs;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen<V>(V pairs, out V first, out V second)
        where V : unmanaged, ILanes<V>
    {
        first = V.ShiftLeft(pairs, 16);
        second = V.And(pairs, 0xFFFF0000);
    }
}
