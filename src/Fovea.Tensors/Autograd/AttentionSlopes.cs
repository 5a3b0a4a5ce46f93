using System.Numerics.Tensors;
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
        Span<float> dk = Keys.AsSpan<float>()[offset..], dv = Values.AsSpan<float>()[offset..];
        Span<float> q = queries.Row<float>(query).Slice(head * d, d), dq = Queries.Row<float>(query).Slice(head * d, d);
        Span<float> g = gradient.Row<float>(query).Slice(head * d, d);
        for (int j = 0; j < p.Length; j++)
        {
            p[j] = settings.Scale * TensorPrimitives.Dot<float>(q, k.Slice(j * stride, d));
            slope[j] = TensorPrimitives.Dot<float>(g, v.Slice(j * stride, d));
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
        for (int j = 0; j < p.Length; j++)
        {
            float s = settings.Scale * slope[j];
            int at = j * stride;
            TensorPrimitives.MultiplyAdd(g, p[j], dv.Slice(at, d), dv.Slice(at, d));
            TensorPrimitives.MultiplyAdd(q, s, dk.Slice(at, d), dk.Slice(at, d));
            TensorPrimitives.MultiplyAdd(k.Slice(at, d), s, dq, dq);
        }
    }
}
