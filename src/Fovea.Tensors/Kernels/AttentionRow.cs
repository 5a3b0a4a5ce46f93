using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>What happens to one row of scores.</summary>
internal static unsafe class AttentionRow
{
    /// <summary>
    /// Turns the scores of a row with a tile of keys into weights e^(score − maximum), zero where the row does not see a key, and brings maximum, weight and
    /// sums up to date. If the row sees no key of the tile, nothing changes.
    /// </summary>
    public static void Weigh<V>(
        in AttentionSequence s, in KeyTile tile, int f, int keys, float* scores, float* sums, ref float maximum, ref float weight)
        where V : unmanaged, ILanes<V>
    {
        int start = Math.Clamp(s.FirstKey(f) - tile.Start, 0, keys);
        int end = Math.Clamp(s.LastKey(f) + 1 - tile.Start, start, keys);
        Scale<V>(s, tile, start, end, scores);
        float most = Math.Max(maximum, Sums.Max<V>(scores + start, end - start));
        if (most == float.NegativeInfinity)
        {
            new Span<float>(scores, keys).Clear();
            return;
        }

        Pointwise.Apply<V, Exponent>(scores + start, scores + start, end - start, new(most, 1));
        new Span<float>(scores, start).Clear();
        new Span<float>(scores + end, keys - end).Clear();
        if (most != maximum)
        {
            float shrink;
            Exponential.Of(Lanes1.Broadcast(maximum - most)).Store(&shrink);
            weight *= shrink;
            Pointwise.Apply<V, Scaled>(sums, sums, s.PaddedHeadSize, new(shrink));
            maximum = most;
        }

        weight += Sums.Sum<V>(scores, keys);
    }

    /// <summary>Scales the scores from <paramref name="start"/> to <paramref name="end"/> − 1 and adds the bias of their keys.</summary>
    public static void Scale<V>(in AttentionSequence s, in KeyTile tile, int start, int end, float* scores)
        where V : unmanaged, ILanes<V>
    {
        if (s.Bias == null)
        {
            Pointwise.Apply<V, Scaled>(scores + start, scores + start, end - start, new(s.Scale));
        }
        else
        {
            Pointwise.Apply<V, ScaledWithBias>(scores + start, s.Bias + tile.Start + start, scores + start, end - start, new(s.Scale));
        }
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

    /// <summary>factor · e^(x − shift).</summary>
    public readonly struct Exponent(float shift, float factor) : IPointwise
    {
        private readonly float _shift = shift;
        private readonly float _factor = factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x)
            where V : unmanaged, ILanes<V> => Exponential.Of(x - V.Broadcast(_shift)) * V.Broadcast(_factor);
    }
}
