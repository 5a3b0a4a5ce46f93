using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// Sums over a row in one order at every width of vector: number i goes to partial sum i mod 64, in ascending order, and the partial sums are added pairwise,
/// i with i + 32, then with i + 16 and so on. Zeros behind the row change nothing.
/// </summary>
internal static unsafe class Sums
{
    private const int Partials = 64;

    /// <summary>Σ x.</summary>
    public static float Sum<V>(float* x, int count)
        where V : unmanaged, ILanes<V> => Reduce<V, Plain>(x, count, default);

    /// <summary>Σ (x − center)².</summary>
    public static float SumOfSquares<V>(float* x, int count, float center)
        where V : unmanaged, ILanes<V> => Reduce<V, Square>(x, count, new(center));

    /// <summary>x[i] ← f(x[i]), and their sum.</summary>
    public static float Apply<V, TFunction>(float* x, int count, TFunction f)
        where V : unmanaged, ILanes<V>
        where TFunction : struct, IPointwise => Reduce<V, Applied<TFunction>>(x, count, new(f));

    /// <summary>The greatest number, −∞ if there is none. NaN is passed over or returned, depending on its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max<V>(float* x, int count)
        where V : unmanaged, ILanes<V>
    {
        V m0 = V.Broadcast(float.NegativeInfinity), m1 = m0, m2 = m0, m3 = m0;
        int i = 0;
        for (; i + (4 * V.Count) <= count; i += 4 * V.Count)
        {
            m0 = V.Max(m0, V.Load(x + i));
            m1 = V.Max(m1, V.Load(x + i + V.Count));
            m2 = V.Max(m2, V.Load(x + i + (2 * V.Count)));
            m3 = V.Max(m3, V.Load(x + i + (3 * V.Count)));
        }

        for (; i + V.Count <= count; i += V.Count)
        {
            m0 = V.Max(m0, V.Load(x + i));
        }

        float max = V.Max(V.Max(V.Max(m0, m1), V.Max(m2, m3)));
        for (; i < count; i++)
        {
            max = Math.Max(max, x[i]);
        }

        return max;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Reduce<V, TTerm>(float* x, int count, TTerm term)
        where V : unmanaged, ILanes<V>
        where TTerm : struct, ITerm
    {
        float* partials = stackalloc float[Partials];
        int whole = count - (count % Partials);
        for (int lane = 0; lane < Partials; lane += 4 * V.Count)
        {
            V s0 = default, s1 = default, s2 = default, s3 = default;
            for (int i = lane; i < whole; i += Partials)
            {
                s0 = term.Add(x + i, s0);
                s1 = term.Add(x + i + V.Count, s1);
                s2 = term.Add(x + i + (2 * V.Count), s2);
                s3 = term.Add(x + i + (3 * V.Count), s3);
            }

            s0.Store(partials + lane);
            s1.Store(partials + lane + V.Count);
            s2.Store(partials + lane + (2 * V.Count));
            s3.Store(partials + lane + (3 * V.Count));
        }

        int at = whole;
        for (; at + V.Count <= count; at += V.Count)
        {
            term.Add(x + at, V.Load(partials + at - whole)).Store(partials + at - whole);
        }

        for (; at < count; at++)
        {
            term.Add(x + at, Lanes1.Load(partials + at - whole)).Store(partials + at - whole);
        }

        for (int half = Partials / 2; half >= V.Count; half /= 2)
        {
            for (int i = 0; i < half; i += V.Count)
            {
                (V.Load(partials + i) + V.Load(partials + i + half)).Store(partials + i);
            }
        }

        return V.Sum(V.Load(partials));
    }

    private interface ITerm
    {
        /// <summary>The sums with what the numbers from an address on add to them.</summary>
        V Add<V>(float* x, V sum)
            where V : unmanaged, ILanes<V>;
    }

    private readonly struct Plain : ITerm
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(float* x, V sum)
            where V : unmanaged, ILanes<V> => sum + V.Load(x);
    }

    private readonly struct Square(float center) : ITerm
    {
        private readonly float _center = center;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(float* x, V sum)
            where V : unmanaged, ILanes<V>
        {
            V distance = V.Load(x) - V.Broadcast(_center);
            return V.MultiplyAdd(distance, distance, sum);
        }
    }

    private readonly struct Applied<TFunction>(TFunction f) : ITerm
        where TFunction : struct, IPointwise
    {
        private readonly TFunction _f = f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Add<V>(float* x, V sum)
            where V : unmanaged, ILanes<V>
        {
            V value = _f.Of(V.Load(x));
            value.Store(x);
            return sum + value;
        }
    }
}
