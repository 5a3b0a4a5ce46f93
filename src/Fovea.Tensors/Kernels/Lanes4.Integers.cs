using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Tensors.Kernels;

/// <content>Lanes as integers.</content>
internal readonly unsafe partial struct Lanes4
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 And(Lanes4 x, uint bits) => new((x._value.AsUInt32() & Vector128.Create(bits)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Or(Lanes4 x, Lanes4 y) => new((x._value.AsUInt32() | y._value.AsUInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 AddIntegers(Lanes4 x, Lanes4 y) => new((x._value.AsInt32() + y._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MaxIntegers(Lanes4 x, Lanes4 y) => new(Vector128.Max(x._value.AsInt32(), y._value.AsInt32()).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ShiftLeft(Lanes4 x, int count) => new((x._value.AsUInt32() << count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ShiftRight(Lanes4 x, int count) => new((x._value.AsUInt32() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 ShiftRightPairs(Lanes4 x, int count) => new((x._value.AsInt16() >> count).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MultiplyAddPairs(Lanes4 x, Lanes4 y, Lanes4 z)
    {
        var (left, right) = (x._value.AsInt16(), y._value.AsInt16());
        if (Sse2.IsSupported)
        {
            return new((z._value.AsInt32() + Sse2.MultiplyAddAdjacent(left, right)).AsSingle());
        }

        var low = ((left.AsInt32() << 16) >> 16) * ((right.AsInt32() << 16) >> 16);
        return new((z._value.AsInt32() + low + ((left.AsInt32() >> 16) * (right.AsInt32() >> 16))).AsSingle());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 FromIntegers(Lanes4 x) => new(Vector128.ConvertToSingle(x._value.AsInt32()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(sbyte* destination)
    {
        var pairs = Vector128.Narrow(_value.AsInt32() & Vector128.Create(0xFF), Vector128<int>.Zero);
        *(int*)destination = Vector128.Narrow(pairs.AsUInt16(), Vector128<ushort>.Zero).AsInt32().ToScalar();
    }
}
