using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// e^x to about 1e-7 relative: x = n·ln 2 + r, |r| ≤ ½ ln 2, a polynomial for e^r (fitted at Chebyshev nodes, 1e-8 relative) and two powers of two,
/// so that results overflow to infinity and underflow through the subnormal numbers to zero. NaN stays NaN.
/// </summary>
internal static class Exponential
{
    // Far enough outside that every result beyond is zero or infinity, near enough that the power of two can be made.
    private const float Least = -170, Most = 89;
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts; the first has 15 bits, so its product with n is exact.
    private const float Ln2High = 0.693145752f, Ln2Low = 1.42860677e-6f;

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x)
        where V : unmanaged, ILanes<V>
    {
        x = Clamp(x);
        V shifted = Shifted(x);
        return V.Scale(Polynomial(Remainder(x, shifted)), shifted);
    }

    /// <summary>e^(x + low) for a low so small that it does not change n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Of<V>(V x, V low)
        where V : unmanaged, ILanes<V>
    {
        x = Clamp(x);
        V shifted = Shifted(x);
        return V.Scale(Polynomial(Remainder(x, shifted) + low), shifted);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Clamp<V>(V x)
        where V : unmanaged, ILanes<V> => V.Max(V.Broadcast(Least), V.Min(V.Broadcast(Most), x));

    /// <summary>n, raised by <see cref="ILanes{V}.Shift"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Shifted<V>(V x)
        where V : unmanaged, ILanes<V> => V.MultiplyAdd(x, V.Broadcast(Log2E), V.Broadcast(ILanes<V>.Shift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Remainder<V>(V x, V shifted)
        where V : unmanaged, ILanes<V>
    {
        V n = shifted - V.Broadcast(ILanes<V>.Shift);
        return V.MultiplyAdd(n, V.Broadcast(-Ln2Low), V.MultiplyAdd(n, V.Broadcast(-Ln2High), x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Polynomial<V>(V r)
        where V : unmanaged, ILanes<V>
    {
        V p = V.MultiplyAdd(V.Broadcast(0.001392621346613538f), r, V.Broadcast(0.00836320297157575f));
        p = V.MultiplyAdd(p, r, V.Broadcast(0.04166655443768795f));
        p = V.MultiplyAdd(p, r, V.Broadcast(0.1666657684599398f));
        p = V.MultiplyAdd(p, r, V.Broadcast(0.5f));
        return V.MultiplyAdd(p * r, r, r) + V.Broadcast(1);
    }
}
