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
        where V : unmanaged, ILanes<V> => Reduce<V, Plain<V>, Plain<Lanes1>>(x, count, 0);

    /// <summary>Σ (x − center)².</summary>
    public static float SumOfSquares<V>(float* x, int count, float center)
        where V : unmanaged, ILanes<V> => Reduce<V, Square<V>, Square<Lanes1>>(x, count, center);

    /// <summary>The greatest number, −∞ if there is none. NaN is passed over or returned, depending on its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max<V>(float* x, int count)
        where V : unmanaged, ILanes<V>
    {
        V most = V.Broadcast(float.NegativeInfinity);
        int i = 0;
        for (; i + V.Count <= count; i += V.Count)
        {
            most = V.Max(most, V.Load(x + i));
        }

        float max = V.Max(most);
        for (; i < count; i++)
        {
            max = Math.Max(max, x[i]);
        }

        return max;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Reduce<V, TTerm, TScalarTerm>(float* x, int count, float center)
        where V : unmanaged, ILanes<V>
        where TTerm : struct, ITerm<V>
        where TScalarTerm : struct, ITerm<Lanes1>
    {
        float* partials = stackalloc float[Partials];
        int whole = count - (count % Partials);
        V c = V.Broadcast(center);
        for (int lane = 0; lane < Partials; lane += 4 * V.Count)
        {
            V s0 = default, s1 = default, s2 = default, s3 = default;
            for (int i = lane; i < whole; i += Partials)
            {
                s0 = TTerm.Add(V.Load(x + i), c, s0);
                s1 = TTerm.Add(V.Load(x + i + V.Count), c, s1);
                s2 = TTerm.Add(V.Load(x + i + (2 * V.Count)), c, s2);
                s3 = TTerm.Add(V.Load(x + i + (3 * V.Count)), c, s3);
            }

            s0.Store(partials + lane);
            s1.Store(partials + lane + V.Count);
            s2.Store(partials + lane + (2 * V.Count));
            s3.Store(partials + lane + (3 * V.Count));
        }

        for (int i = whole; i < count; i++)
        {
            TScalarTerm.Add(Lanes1.Load(x + i), Lanes1.Broadcast(center), Lanes1.Load(partials + i - whole)).Store(partials + i - whole);
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

    private interface ITerm<V>
    {
        static abstract V Add(V x, V center, V sum);
    }

    private readonly struct Plain<V> : ITerm<V>
        where V : unmanaged, ILanes<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add(V x, V center, V sum) => sum + x;
    }

    private readonly struct Square<V> : ITerm<V>
        where V : unmanaged, ILanes<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add(V x, V center, V sum) => V.MultiplyAdd(x - center, x - center, sum);
    }
}
