using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Fovea.Tensors.Ops;

namespace Fovea.Tensors.Autograd;

/// <summary>
/// The gradients of softmax attention. For a query with probabilities p, output gradient g and values v: dv_j += p_j g; with d_j = p_j (g·v_j − Σ p (g·v)):
/// dq += scale Σ d_j k_j, dk_j += scale d_j q, dbias_j += d_j. Key/value heads are independent of each other, so each is one thread's.
/// </summary>
internal sealed class AttentionSlopes(AttentionSettings settings, Tensor queries, Tensor keys, Tensor values, Tensor? keyBias, Tensor gradient)
{
    public required Tensor Queries { get; init; }

    public required Tensor Keys { get; init; }

    public required Tensor Values { get; init; }

    /// <summary>[kvHeads, keys], so that no two threads add to one number.</summary>
    public required Tensor Bias { get; init; }

    /// <summary>Adds what the sequences contribute through the key/value heads from <paramref name="start"/> to <paramref name="end"/> − 1.</summary>
    public void Add(ReadOnlySpan<AttentionSegment> segments, int start, int end)
    {
        int most = 0;
        foreach (var segment in segments)
        {
            most = Math.Max(most, segment.KeyCount);
        }

        var probabilities = new float[most];
        var slopes = new float[most];
        for (int kvHead = start; kvHead < end; kvHead++)
        {
            foreach (var segment in segments)
            {
                Add(segment, kvHead, probabilities, slopes);
            }
        }
    }

    private void Add(in AttentionSegment segment, int kvHead, float[] probabilities, float[] slopes)
    {
        int group = settings.Heads / settings.KeyValueHeads;
        for (int query = 0; query < segment.QueryCount; query++)
        {
            int last = settings.Causal ? segment.KeyCount - segment.QueryCount + query : segment.KeyCount - 1;
            int first = settings.Window > 0 ? Math.Max(0, last - settings.Window + 1) : 0;
            for (int head = kvHead * group; last >= first && head < (kvHead + 1) * group; head++)
            {
                int count = last - first + 1;
                AddRow(segment.QueryStart + query, head, kvHead, segment.KeyStart + first, probabilities.AsSpan(0, count), slopes.AsSpan(0, count));
            }
        }
    }

    private void AddRow(int query, int head, int kvHead, int firstKey, Span<float> p, Span<float> slope)
    {
        int d = settings.HeadSize, stride = keys.RowLength, offset = (firstKey * stride) + (kvHead * d);
        Span<float> k = keys.AsSpan<float>()[offset..], v = values.AsSpan<float>()[offset..];
        Span<float> q = queries.Row<float>(query).Slice(head * d, d), g = gradient.Row<float>(query).Slice(head * d, d);
        for (int j = 0; j < p.Length; j++)
        {
            p[j] = settings.Scale * Dot(q, k.Slice(j * stride, d));
            slope[j] = Dot(g, v.Slice(j * stride, d));
        }

        if (keyBias is not null)
        {
            TensorPrimitives.Add(p, keyBias.AsSpan<float>().Slice(firstKey, p.Length), p);
        }

        TensorPrimitives.Subtract(p, TensorPrimitives.Max<float>(p), p);
        TensorPrimitives.Exp<float>(p, p);
        TensorPrimitives.Divide(p, TensorPrimitives.Sum<float>(p), p);
        TensorPrimitives.Subtract(slope, TensorPrimitives.Dot<float>(p, slope), slope);
        TensorPrimitives.Multiply(slope, p, slope);
        var bias = Bias.Row<float>(kvHead).Slice(firstKey, p.Length);
        TensorPrimitives.Add(bias, slope, bias);
        Span<float> dk = Keys.AsSpan<float>()[offset..], dv = Values.AsSpan<float>()[offset..], dq = Queries.Row<float>(query).Slice(head * d, d);
        for (int j = 0; j < p.Length; j++)
        {
            int at = j * stride;
            float s = settings.Scale * slope[j];
            AddScaled(g, p[j], dv.Slice(at, d));
            AddScaled(q, s, dk.Slice(at, d));
            AddScaled(k.Slice(at, d), s, dq);
        }
    }

    // Heads are so short that a call would cost more than the sum; the two loops below are inlined and keep their numbers in vectors.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sums = Vector<float>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums = Vector.FusedMultiplyAdd(new Vector<float>(x[i..]), new Vector<float>(y[i..]), sums);
        }

        float sum = Vector.Sum(sums);
        for (; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    /// <summary>sum += factor · x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddScaled(ReadOnlySpan<float> x, float factor, Span<float> sum)
    {
        var factors = new Vector<float>(factor);
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.FusedMultiplyAdd(new Vector<float>(x[i..]), factors, new Vector<float>(sum[i..])).CopyTo(sum[i..]);
        }

        for (; i < x.Length; i++)
        {
            sum[i] += factor * x[i];
        }
    }
}
