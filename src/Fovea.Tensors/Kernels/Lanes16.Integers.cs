using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Tensors.Kernels;

/// <content>Lanes as integers.</content>
internal readonly unsafe partial struct Lanes16
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 And(Lanes16 x, uint bits) => new((x._value.AsUInt32() & Vector512.Create(bits)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Or(Lanes16 x, Lanes16 y) => new((x._value.AsUInt32() | y._value.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 AddIntegers(Lanes16 x, Lanes16 y) => new((x._value.AsInt32() + y._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MaxIntegers(Lanes16 x, Lanes16 y) => new(Vector512.Max(x._value.AsInt32(), y._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ShiftLeft(Lanes16 x, int count) => new((x._value.AsUInt32() << count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ShiftRight(Lanes16 x, int count) => new((x._value.AsUInt32() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 ShiftRightPairs(Lanes16 x, int count) => new((x._value.AsInt16() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MultiplyAddPairs(Lanes16 x, Lanes16 y, Lanes16 z)
    {
        var (left, right) = (x._value.AsInt16(), y._value.AsInt16());
        if (Avx512BW.IsSupported)
        {
            return new((z._value.AsInt32() + Avx512BW.MultiplyAddAdjacent(left, right)).AsSingle());
        }

        var low = ((left.AsInt32() << 16) >> 16) * ((right.AsInt32() << 16) >> 16);
        return new((z._value.AsInt32() + low + ((left.AsInt32() >> 16) * (right.AsInt32() >> 16))).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 FromIntegers(Lanes16 x) => new(Vector512.ConvertToSingle(x._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(sbyte* destination)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128SByte(_value.AsInt32()).Store(destination);
            return;
        }

        new Lanes8(_value.GetLower()).StoreBytes(destination);
        new Lanes8(_value.GetUpper()).StoreBytes(destination + 8);
    }
}
