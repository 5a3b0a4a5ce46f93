using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>The activation functions, and the loops over them.</summary>
internal static unsafe class Activations
{
    /// <summary>The result is f of the first operand.</summary>
    public static void Apply<V>(Activation activation, in Plane plane)
        where V : unmanaged, ILanes<V>
    {
        switch (activation)
        {
            case Activation.Gelu:
                Pointwise.Apply<V, Alone<Gelu>>(plane, default);
                break;
            case Activation.GeluTanh:
                Pointwise.Apply<V, Alone<GeluTanh>>(plane, default);
                break;
            case Activation.QuickGelu:
                Pointwise.Apply<V, Alone<Sigmoid>>(plane, new(new(1.702f)));
                break;
            case Activation.Silu:
                Pointwise.Apply<V, Alone<Sigmoid>>(plane, new(new(1)));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    /// <summary>The result is f of the first operand, the gate, times the second.</summary>
    public static void ApplyGated<V>(Activation activation, in Plane plane)
        where V : unmanaged, ILanes<V>
    {
        switch (activation)
        {
            case Activation.Gelu:
                Pointwise.Apply<V, Gated<Gelu>>(plane, default);
                break;
            case Activation.GeluTanh:
                Pointwise.Apply<V, Gated<GeluTanh>>(plane, default);
                break;
            case Activation.QuickGelu:
                Pointwise.Apply<V, Gated<Sigmoid>>(plane, new(new(1.702f)));
                break;
            case Activation.Silu:
                Pointwise.Apply<V, Gated<Sigmoid>>(plane, new(new(1)));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation.");
        }
    }

    private readonly struct Alone<TFunction>(TFunction f) : IPointwisePair
        where TFunction : struct, IPointwise
    {
        private readonly TFunction _f = f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x, V y)
            where V : unmanaged, ILanes<V> => _f.Of(x);
    }

    private readonly struct Gated<TFunction>(TFunction f) : IPointwisePair
        where TFunction : struct, IPointwise
    {
        private readonly TFunction _f = f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x, V y)
            where V : unmanaged, ILanes<V> => _f.Of(x) * y;
    }

    /// <summary>x · σ(slope · x).</summary>
    private readonly struct Sigmoid(float slope) : IPointwise
    {
        private readonly float _slope = slope;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x)
            where V : unmanaged, ILanes<V> => x / (V.Broadcast(1) + Exponential.Of(x * V.Broadcast(-_slope)));
    }

    /// <summary>½x(1 + tanh u) = x · σ(2u), which loses no digits where tanh u is near −1.</summary>
    private readonly struct GeluTanh : IPointwise
    {
        private const float Slope = -2 * 0.797884561f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x)
            where V : unmanaged, ILanes<V>
        {
            V u = V.MultiplyAdd(x * x * x, V.Broadcast(0.044715f), x);
            return x / (V.Broadcast(1) + Exponential.Of(u * V.Broadcast(Slope)));
        }
    }

    /// <summary>
    /// x · Φ(x) with Φ(−a) = e^(−a²/2) · t · P(t), t = 1/(1 + 0.35a), P fitted at Chebyshev nodes on 0 ≤ a ≤ 16 to 5e-8 relative;
    /// so the tail of negative x keeps its digits too.
    /// </summary>
    private readonly struct Gelu : IPointwise
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x)
            where V : unmanaged, ILanes<V>
        {
            V one = V.Broadcast(1);
            V a = V.Min(V.Broadcast(16), V.Max(x, V.Broadcast(0) - x));
            V t = one / V.MultiplyAdd(a, V.Broadcast(0.35f), one);
            V p = V.MultiplyAdd(V.Broadcast(-0.029810862531925626f), t, V.Broadcast(0.1471112313719935f));
            p = V.MultiplyAdd(p, t, V.Broadcast(-0.26196226295268443f));
            p = V.MultiplyAdd(p, t, V.Broadcast(0.16598678826565463f));
            p = V.MultiplyAdd(p, t, V.Broadcast(-0.02753740929786425f));
            p = V.MultiplyAdd(p, t, V.Broadcast(0.10725404565651568f));
            p = V.MultiplyAdd(p, t, V.Broadcast(0.11942727086197974f));
            p = V.MultiplyAdd(p, t, V.Broadcast(0.1399123425089608f));
            p = V.MultiplyAdd(p, t, V.Broadcast(0.13961883721728235f));

            // a² in two parts, because e^(−a²/2) turns its rounding error into a relative one: the upper half of a has 12 bits and an exact square.
            V large = a * V.Broadcast(4097);
            V high = large - (large - a);
            V low = (a - high) * (a + high);
            V tail = t * p * Exponential.Of(high * high * V.Broadcast(-0.5f), low * V.Broadcast(-0.5f));
            return x * V.SelectNegative(x, tail, one - tail);
        }
    }
}
