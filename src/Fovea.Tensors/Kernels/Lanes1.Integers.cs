using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <content>The lane as an integer.</content>
internal readonly unsafe partial struct Lanes1
{
    private int Bits
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BitConverter.SingleToInt32Bits(_value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 And(Lanes1 x, uint bits) => Of(x.Bits & (int)bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 Or(Lanes1 x, Lanes1 y) => Of(x.Bits | y.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 AddIntegers(Lanes1 x, Lanes1 y) => Of(x.Bits + y.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 MaxIntegers(Lanes1 x, Lanes1 y) => Of(Math.Max(x.Bits, y.Bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ShiftLeft(Lanes1 x, int count) => Of(x.Bits << count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ShiftRight(Lanes1 x, int count) => Of(x.Bits >>> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 ShiftRightPairs(Lanes1 x, int count) => Of((x.Bits >> (16 + count) << 16) | ((short)x.Bits >> count & 0xFFFF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 MultiplyAddPairs(Lanes1 x, Lanes1 y, Lanes1 z) =>
        Of(z.Bits + ((short)x.Bits * (short)y.Bits) + ((x.Bits >> 16) * (y.Bits >> 16)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes1 FromIntegers(Lanes1 x) => new(x.Bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(sbyte* destination) => *destination = (sbyte)Bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes1 Of(int bits) => new(BitConverter.Int32BitsToSingle(bits));
}
