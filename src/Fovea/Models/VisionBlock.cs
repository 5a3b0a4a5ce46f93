using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>
/// The one block of all vision transformers, in two halves: x += attention(norm1(x)), x += mlp(norm2(x)). Families differ in the norms, the feed-forward
/// block, rotary embedding and whether the last layers of both halves scale what they give.
/// </summary>
public sealed class VisionBlock : IDisposable
{
    private readonly Norm _norm1;
    private readonly SelfAttention _attention;
    private readonly Norm _norm2;
    private readonly FeedForward _mlp;

    /// <summary>Owns its parts.</summary>
    public VisionBlock(Norm norm1, SelfAttention attention, Norm norm2, FeedForward mlp)
    {
        _norm1 = norm1;
        _attention = attention;
        _norm2 = norm2;
        _mlp = mlp;
    }

    /// <summary>Heads, scale and mask.</summary>
    public AttentionSettings Settings => _attention.Settings;

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
    /// <param name="states">[tokens, width], the pieces end to end.</param>
    /// <param name="offsets">Where each piece starts, and the end; a token attends to its own piece.</param>
    /// <param name="captures">One per piece, or empty.</param>
    /// <param name="rotary">Cosines and sines [tokens, head size / 2], or none.</param>
    public void Attend(
        Compute compute, Tensor states, ReadOnlySpan<int> offsets, ReadOnlySpan<AttentionCapture> captures, (Tensor Cos, Tensor Sin)? rotary = null)
    {
        var mark = compute.Arena.Top;
        var normed = _norm1.Forward(compute, states);
        var rows = new SharedRows(normed);
        var queries = _attention.Queries(compute, ref rows);
        var keys = _attention.Keys(compute, ref rows);
        if (rotary is var (cos, sin))
        {
            compute.Rotate(queries, cos, sin);
            compute.Rotate(keys, cos, sin);
        }

        var values = _attention.Values(compute, ref rows);
        var segments = new AttentionSegment[offsets.Length - 1];
        for (int piece = 0; piece < segments.Length; piece++)
        {
            int start = offsets[piece], count = offsets[piece + 1] - start;
            segments[piece] = new AttentionSegment(start, count, keys, values, start, count, null, captures.IsEmpty ? null : captures[piece]);
        }

        _attention.Attend(compute, queries, segments, Epilogue.AddedTo(states));
        compute.Arena.Release(mark);
    }

    /// <summary>Second half on [tokens, width], in place.</summary>
    public void FeedForward(Compute compute, Tensor states)
    {
        var mark = compute.Arena.Top;
        _mlp.Forward(compute, _norm2.Forward(compute, states), states);
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
