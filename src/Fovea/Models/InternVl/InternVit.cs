using Fovea.Imaging;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models.InternVl;

/// <summary>Reads InternViT (arXiv 2312.14238): blocks with layer scale, LayerNorm or RMS norm, and norms of queries and keys across all heads.</summary>
internal static class InternVit
{
    /// <summary>Reads the encoder.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static VisionTransformer Load(WeightReader weights, InternVitConfig config, Compute compute, CancellationToken cancellation)
    {
        var sizes = config.Sizes;
        int width = sizes.HiddenSize, patch = sizes.PatchSize;
        var embeddings = weights.At("embeddings");
        var projection = embeddings.At("patch_embedding");
        var blocks = new VisionBlock[sizes.NumHiddenLayers];
        for (int i = 0; i < blocks.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            blocks[i] = LoadBlock(weights.At("encoder").At("layers").At(i), config, compute);
        }

        return new VisionTransformer(
            sizes,
            new PatchEmbedding(
                Linear.Of(projection, projection.Stored("weight", width, sizes.NumChannels, patch, patch), projection.Vector("bias", width), compute), sizes.NumChannels, patch),
            embeddings.Vector("class_embedding", 1, 1, width),
            LoadPositions(embeddings, config),
            preNorm: null,
            blocks);
    }

    private static VisionBlock LoadBlock(WeightReader weights, InternVitConfig config, Compute compute)
    {
        var sizes = config.Sizes;
        int width = sizes.HiddenSize, heads = sizes.NumAttentionHeads, size = width / heads;
        var attention = weights.At("attn");
        Linear[] parts = config.FusedQkv
            ? Linear.LoadParts(attention.At("qkv"), width, [width, width, width], config.QkvBias, compute)
            : [.. new[] { "q_proj", "k_proj", "v_proj" }.Select(name => Linear.Load(attention.At(name), width, width, config.QkvBias, compute))];
        RmsNorm? QueryKeyNorm(string name) => config.QueryKeyEps is { } epsilon ? RmsNorm.Load(attention.At(name), width, epsilon) : null;
        return new VisionBlock(
            LoadNorm(weights.At("norm1"), config),
            new SelfAttention(
                parts[0], parts[1], parts[2], Linear.Load(attention.At("proj"), width, width, bias: true, compute, weights.Vector("ls1", width)),
                new AttentionSettings(heads, heads, size, 1 / MathF.Sqrt(size), Causal: false), QueryKeyNorm("q_norm"), QueryKeyNorm("k_norm")),
            LoadNorm(weights.At("norm2"), config),
            new Mlp(
                Linear.Load(weights.At("mlp").At("fc1"), width, sizes.IntermediateSize, bias: true, compute),
                Linear.Load(weights.At("mlp").At("fc2"), sizes.IntermediateSize, width, bias: true, compute, weights.Vector("ls2", width)),
                sizes.HiddenAct));
    }

    private static Norm LoadNorm(WeightReader weights, InternVitConfig config) => config.IsRms
        ? RmsNorm.Load(weights, config.Sizes.HiddenSize, config.Sizes.LayerNormEps)
        : LayerNorm.Load(weights, config.Sizes.HiddenSize, config.Sizes.LayerNormEps);

    /// <summary>The positions of the class token and the patches: [tokens, width]. Those of the patches are resized where tiles are not of the size they were learned at.</summary>
    private static Tensor LoadPositions(WeightReader embeddings, InternVitConfig config)
    {
        var sizes = config.Sizes;
        int width = sizes.HiddenSize, side = config.TableSide;
        if (side == 0)
        {
            return Tensor.Allocate(sizes.Tokens, width);
        }

        using var stored = embeddings.Vector("position_embedding", 1, 1 + (side * side), width);
        var values = stored.AsSpan<float>();
        float[] patches = BicubicInterpolation.Resize(values[width..], new ImageSize(side, side), width, new ImageSize(sizes.Side, sizes.Side));
        return Tensor.From([.. values[..width], .. patches], sizes.Tokens, width);
    }
}
