using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Tensors.Kernels;

/// <content>Lanes as integers.</content>
internal readonly unsafe partial struct Lanes8
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 And(Lanes8 x, uint bits) => new((x._value.AsUInt32() & Vector256.Create(bits)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Or(Lanes8 x, Lanes8 y) => new((x._value.AsUInt32() | y._value.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 AddIntegers(Lanes8 x, Lanes8 y) => new((x._value.AsInt32() + y._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MaxIntegers(Lanes8 x, Lanes8 y) => new(Vector256.Max(x._value.AsInt32(), y._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ShiftLeft(Lanes8 x, int count) => new((x._value.AsUInt32() << count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ShiftRight(Lanes8 x, int count) => new((x._value.AsUInt32() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 ShiftRightPairs(Lanes8 x, int count) => new((x._value.AsInt16() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MultiplyAddPairs(Lanes8 x, Lanes8 y, Lanes8 z)
    {
        var (left, right) = (x._value.AsInt16(), y._value.AsInt16());
        if (Avx2.IsSupported)
        {
            return new((z._value.AsInt32() + Avx2.MultiplyAddAdjacent(left, right)).AsSingle());
        }

        var low = ((left.AsInt32() << 16) >> 16) * ((right.AsInt32() << 16) >> 16);
        return new((z._value.AsInt32() + low + ((left.AsInt32() >> 16) * (right.AsInt32() >> 16))).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 FromIntegers(Lanes8 x) => new(Vector256.ConvertToSingle(x._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(sbyte* destination)
    {
        new Lanes4(_value.GetLower()).StoreBytes(destination);
        new Lanes4(_value.GetUpper()).StoreBytes(destination + 4);
    }
}
