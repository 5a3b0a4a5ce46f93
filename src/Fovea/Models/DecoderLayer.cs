using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>
/// One layer of a language model in two halves, so that something may happen between them:
/// x += attention(norm(x)), x += mlp(norm(x)).
/// </summary>
public sealed class DecoderLayer : IDisposable
{
    private readonly RmsNorm _inputNorm;
    private readonly SelfAttention _attention;
    private readonly RmsNorm _postAttentionNorm;
    private readonly FeedForward _mlp;

    private DecoderLayer(RmsNorm inputNorm, SelfAttention attention, RmsNorm postAttentionNorm, FeedForward mlp)
    {
        _inputNorm = inputNorm;
        _attention = attention;
        _postAttentionNorm = postAttentionNorm;
        _mlp = mlp;
    }

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => _attention.Bytes + _mlp.Bytes;

    /// <summary>Reads layer <paramref name="index"/>.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static DecoderLayer Load(WeightReader weights, TextConfig config, int index, Compute compute)
    {
        var attention = weights.At("self_attn");
        int queries = config.NumAttentionHeads * config.HeadDim, keys = config.NumKeyValueHeads * config.HeadDim;
        var settings = new AttentionSettings(
            config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadDim, 1 / MathF.Sqrt(config.HeadDim), Causal: true, config.Windows[index]);
        Linear[] projections = config.FusedQkv
            ? Linear.LoadParts(attention.At("wqkv"), config.HiddenSize, [queries, keys, keys], config.QkvBias, compute, config.NumKeyValueHeads)
            :
            [
                Linear.Load(attention.At("q_proj"), config.HiddenSize, queries, config.QkvBias, compute),
                Linear.Load(attention.At("k_proj"), config.HiddenSize, keys, config.QkvBias, compute),
                Linear.Load(attention.At("v_proj"), config.HiddenSize, keys, config.QkvBias, compute),
            ];
        return new DecoderLayer(
            RmsNorm.Load(weights.At("input_layernorm"), config.HiddenSize, config.RmsNormEps),
            new SelfAttention(
                projections[0], projections[1], projections[2],
                Linear.Load(attention.At("o_proj"), queries, config.HiddenSize, config.OutputBias, compute),
                settings,
                config.QueryKeyNorm ? RmsNorm.Load(attention.At("q_norm"), config.HeadDim, config.RmsNormEps) : null,
                config.QueryKeyNorm ? RmsNorm.Load(attention.At("k_norm"), config.HeadDim, config.RmsNormEps) : null),
            RmsNorm.Load(weights.At("post_attention_layernorm"), config.HiddenSize, config.RmsNormEps),
            LoadFeedForward(weights.At("mlp"), config, index, compute));
    }

    private static FeedForward LoadFeedForward(WeightReader weights, TextConfig config, int index, Compute compute) =>
        config.Mixture is { } mixture && mixture.Layers[index]
            ? MixtureMlp.Load(weights, config.HiddenSize, mixture.MoeIntermediateSize, (mixture.NumExperts, mixture.NumExpertsPerTok), config.HiddenAct, compute)
            : GatedMlp.Load(weights, config.HiddenSize, config.IntermediateSize, config.MlpBias, config.HiddenAct, compute);

    /// <summary>First half: writes the new keys and values into the caches and adds the attention to <paramref name="hidden"/>, in place.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="hidden">[tokens, hidden size], the sequences end to end.</param>
    /// <param name="cos">Rotary cosines [tokens, head size / 2].</param>
    /// <param name="sin">Rotary sines [tokens, head size / 2].</param>
    /// <param name="slices">Which rows belong to which sequence.</param>
    /// <param name="segments">Scratch, one per slice.</param>
    public void Attend(Compute compute, Tensor hidden, Tensor cos, Tensor sin, ReadOnlySpan<SequenceSlice> slices, Span<AttentionSegment> segments)
    {
        var mark = compute.Arena.Top;
        var normed = _inputNorm.Forward(compute, hidden);
        var rows = new SharedRows(normed);
        var queries = _attention.Queries(compute, ref rows);
        var keys = _attention.Keys(compute, ref rows);
        compute.Rotate(queries, cos, sin);
        compute.Rotate(keys, cos, sin);
        var values = _attention.Values(compute, ref rows);
        for (int i = 0; i < slices.Length; i++)
        {
            var slice = slices[i];
            slice.Cache.Append(keys, values, slice.Start, slice.Count, slice.Sizes.Span);
            segments[i] = new AttentionSegment(
                slice.Start, slice.Count, slice.Cache.Keys, slice.Cache.Values, 0, slice.Cache.Length, slice.Cache.Bias, slice.Capture);
        }

        _attention.Attend(compute, queries, segments[..slices.Length], Epilogue.AddedTo(hidden));
        compute.Arena.Release(mark);
    }

    /// <summary>Second half: adds the feed-forward block to <paramref name="hidden"/> [tokens, hidden size], in place.</summary>
    public void FeedForward(Compute compute, Tensor hidden)
    {
        var mark = compute.Arena.Top;
        _mlp.Forward(compute, _postAttentionNorm.Forward(compute, hidden), hidden);
        compute.Arena.Release(mark);
    }

    /// <summary>What the first half would attend with: queries of <paramref name="hidden"/>, before rotary embedding; rented.</summary>
    public Tensor ProjectQueries(Compute compute, Tensor hidden)
    {
        var rows = new SharedRows(_inputNorm.Forward(compute, hidden));
        return _attention.Queries(compute, ref rows);
    }

    /// <summary>The mean of <see cref="ProjectQueries"/> over all rows: [1, heads · head size], rented.</summary>
    public Tensor ProjectMeanQuery(Compute compute, Tensor hidden) => _attention.MeanQuery(compute, _inputNorm.Forward(compute, hidden));

    /// <summary>What the first half would attend to: keys of <paramref name="hidden"/>, before rotary embedding; rented.</summary>
    public Tensor ProjectKeys(Compute compute, Tensor hidden)
    {
        var rows = new SharedRows(_inputNorm.Forward(compute, hidden));
        return _attention.Keys(compute, ref rows);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _inputNorm.Dispose();
        _attention.Dispose();
        _postAttentionNorm.Dispose();
        _mlp.Dispose();
    }
}
