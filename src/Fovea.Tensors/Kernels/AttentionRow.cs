using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>What happens to one row of scores.</summary>
internal static unsafe class AttentionRow
{
    /// <summary>
    /// Turns the scores of a row with a tile of keys into weights e^(score − maximum), zero where the row does not see a key, and brings maximum, weight and
    /// sums up to date. If the row sees no key of the tile, nothing changes. Returns by what earlier weights of the row are to be multiplied.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Weigh<V>(
        in AttentionSequence s, in KeyTile tile, int f, int keys, float* scores, float* sums, ref float maximum, ref float weight)
        where V : unmanaged, ILanes<V>
    {
        int start = Math.Clamp(s.FirstKey(f) - tile.Start, 0, keys);
        int end = Math.Clamp(s.LastKey(f) + 1 - tile.Start, start, keys);
        float scale = AddBias<V>(s, tile, start, end, scores);
        float most = Math.Max(maximum, scale * Sums.Max<V>(scores + start, end - start));
        if (start == end || most == float.NegativeInfinity)
        {
            new Span<float>(scores, keys).Clear();
            return 1;
        }

        var exponent = new Exponent(scale, most);
        float added;
        if (start == 0)
        {
            added = Sums.Apply<V, Exponent>(scores, end, exponent);
        }
        else
        {
            Pointwise.Apply<V, Exponent>(scores + start, scores + start, end - start, exponent);
            new Span<float>(scores, start).Clear();
            added = Sums.Sum<V>(scores, end);
        }

        new Span<float>(scores + end, keys - end).Clear();
        float shrink = 1;
        if (most != maximum)
        {
            Exponential.Of(Lanes1.Broadcast(maximum - most)).Store(&shrink);
            weight *= shrink;
            Pointwise.Apply<V, Scaled>(sums, sums, s.PaddedHeadSize, new(shrink));
            maximum = most;
        }

        weight += added;
        return shrink;
    }

    /// <summary>
    /// Where keys have a bias, scales the scores from <paramref name="start"/> to <paramref name="end"/> − 1 and adds it.
    /// Returns the factor that is still to be applied.
    /// </summary>
    public static float AddBias<V>(in AttentionSequence s, in KeyTile tile, int start, int end, float* scores)
        where V : unmanaged, ILanes<V>
    {
        if (s.Bias == null)
        {
            return s.Scale;
        }

        Pointwise.Apply<V, ScaledWithBias>(scores + start, s.Bias + tile.Start + start, scores + start, end - start, new(s.Scale));
        return 1;
    }

    /// <summary>factor · x.</summary>
    public readonly struct Scaled(float factor) : IPointwise
    {
        private readonly float _factor = factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x)
            where V : unmanaged, ILanes<V> => x * V.Broadcast(_factor);
    }

    /// <summary>factor · x + y.</summary>
    public readonly struct ScaledWithBias(float factor) : IPointwisePair
    {
        private readonly float _factor = factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x, V y)
            where V : unmanaged, ILanes<V> => V.MultiplyAdd(x, V.Broadcast(_factor), y);
    }

    /// <summary>e^(scale · x − shift).</summary>
    public readonly struct Exponent(float scale, float shift) : IPointwise
    {
        private readonly float _scale = scale;
        private readonly float _negative = -shift;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x)
            where V : unmanaged, ILanes<V> => Exponential.Of(V.MultiplyAdd(x, V.Broadcast(_scale), V.Broadcast(_negative)));
    }
}
