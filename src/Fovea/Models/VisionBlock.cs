using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>One block of a vision transformer in two halves: x += attention(norm1(x)), x += mlp(norm2(x)).</summary>
public sealed class VisionBlock : IDisposable
{
    private readonly LayerNorm _norm1;
    private readonly SelfAttention _attention;
    private readonly LayerNorm _norm2;
    private readonly Mlp _mlp;

    private VisionBlock(LayerNorm norm1, SelfAttention attention, LayerNorm norm2, Mlp mlp)
    {
        _norm1 = norm1;
        _attention = attention;
        _norm2 = norm2;
        _mlp = mlp;
    }

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => _attention.Bytes + _mlp.Bytes;

    /// <summary>Multiply-adds per token, the attention scores left out.</summary>
    public long MultiplyAdds => _attention.MultiplyAdds + _mlp.MultiplyAdds;

    /// <summary>Reads one block in the naming of CLIP and SigLIP.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static VisionBlock Load(WeightReader weights, VisionConfig config, Compute compute)
    {
        var attention = weights.At("self_attn");
        int width = config.HiddenSize, heads = config.NumAttentionHeads, size = width / heads;
        Linear Projection(string name) => Linear.Load(attention.At(name), width, width, bias: true, compute);
        return new VisionBlock(
            LayerNorm.Load(weights.At("layer_norm1"), width, config.LayerNormEps),
            new SelfAttention(
                Projection("q_proj"), Projection("k_proj"), Projection("v_proj"), Projection("out_proj"),
                new AttentionSettings(heads, heads, size, 1 / MathF.Sqrt(size), Causal: false)),
            LayerNorm.Load(weights.At("layer_norm2"), width, config.LayerNormEps),
            new Mlp(
                Linear.Load(weights.At("mlp").At("fc1"), width, config.IntermediateSize, bias: true, compute),
                Linear.Load(weights.At("mlp").At("fc2"), config.IntermediateSize, width, bias: true, compute),
                config.HiddenAct));
    }

    /// <summary>First half, in place.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="states">[tokens, width], the tiles end to end.</param>
    /// <param name="offsets">Where each tile starts, and the end.</param>
    /// <param name="captures">One per tile, or empty.</param>
    public void Attend(Compute compute, Tensor states, ReadOnlySpan<int> offsets, ReadOnlySpan<AttentionCapture> captures)
    {
        var mark = compute.Arena.Top;
        var normed = _norm1.Forward(compute, states);
        var queries = _attention.Queries(compute, normed);
        var keys = _attention.Keys(compute, normed);
        var values = _attention.Values(compute, normed);
        var segments = new AttentionSegment[offsets.Length - 1];
        for (int tile = 0; tile < segments.Length; tile++)
        {
            int start = offsets[tile], count = offsets[tile + 1] - start;
            segments[tile] = new AttentionSegment(start, count, keys, values, start, count, null, captures.IsEmpty ? null : captures[tile]);
        }

        compute.AddInto(states, _attention.Attend(compute, queries, segments));
        compute.Arena.Release(mark);
    }

    /// <summary>Second half on [tokens, width], in place.</summary>
    public void FeedForward(Compute compute, Tensor states)
    {
        var mark = compute.Arena.Top;
        compute.AddInto(states, _mlp.Forward(compute, _norm2.Forward(compute, states)));
        compute.Arena.Release(mark);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _norm1.Dispose();
        _attention.Dispose();
        _norm2.Dispose();
        _mlp.Dispose();
    }
}
