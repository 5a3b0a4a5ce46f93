using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>binary16: 1 sign bit, 5 exponent bits with a bias of 15, 10 fraction bits.</summary>
internal readonly struct HalfPairs : IPairs
{
    private const float LeastNormal = 1f / (1 << 14);

    // Between the greatest finite number, 65504, and what infinity looks like before its exponent is mended, 65536.
    private const float BelowInfinity = 65520;

    // Their bits are 112 and 1 in the place of the exponent, which grows by so much; 127 - 15 = 112.
    private const float Rebias = 1f / (1 << 15);
    private const float OneExponent = 1.17549435e-38f;

    public static TileFormat Widened => TileFormat.WidenedHalves;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Widen<V>(V pairs, out V first, out V second)
        where V : unmanaged, ILanes<V>
    {
        first = WidenUpper(V.ShiftLeft(pairs, 16));
        second = WidenUpper(pairs);
    }

    // The number lies in the upper half of the lane. All arithmetic below is exact and on normal numbers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V WidenUpper<V>(V x)
        where V : unmanaged, ILanes<V>
    {
        V rebias = V.Broadcast(Rebias), least = V.Broadcast(LeastNormal);
        V normal = V.AddIntegers(V.ShiftRight(V.And(x, 0x7FFF0000), 3), rebias);

        // A subnormal one has lost its hidden bit: given one by the exponent above, it is 2^-14 too large.
        V value = V.SelectNegative(normal - least, V.AddIntegers(normal, V.Broadcast(OneExponent)) - least, normal);
        value = V.SelectNegative(V.Broadcast(BelowInfinity) - normal, V.AddIntegers(normal, rebias), value);
        return V.Or(value, V.And(x, 0x80000000));
    }
}
