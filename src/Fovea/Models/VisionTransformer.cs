using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>
/// CLIP's and SigLIP's vision transformer (arXiv 2103.00020, 2303.15343): patch embedding, class token and first norm (CLIP), positions, blocks.
/// Only the blocks that the selected features need are loaded, unless more are asked for. It has no loop of its own.
/// </summary>
public sealed class VisionTransformer : IDisposable
{
    private readonly PatchEmbedding _patches;
    private readonly Tensor? _classToken;
    private readonly Tensor _positions;
    private readonly LayerNorm? _preNorm;
    private readonly VisionBlock[] _blocks;

    private VisionTransformer(VisionConfig config, PatchEmbedding patches, Tensor? classToken, Tensor positions, LayerNorm? preNorm, VisionBlock[] blocks)
    {
        Config = config;
        _patches = patches;
        _classToken = classToken;
        _positions = positions;
        _preNorm = preNorm;
        _blocks = blocks;
    }

    /// <summary>Sizes.</summary>
    public VisionConfig Config { get; }

    /// <summary>The blocks, first to last.</summary>
    public IReadOnlyList<VisionBlock> Blocks => _blocks;

    /// <summary>Bytes of the packed weights.</summary>
    public long Bytes => _blocks.Sum(block => block.Bytes);

    /// <summary>Reads the names below <c>vision_model</c>; the pooling head and the last norm are not used by any supported model.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static VisionTransformer Load(WeightReader weights, VisionConfig config, Compute compute, CancellationToken cancellation = default)
    {
        var embeddings = weights.At("embeddings");
        int width = config.HiddenSize, patch = config.PatchSize;
        var projection = Linear.Of(
            embeddings.At("patch_embedding").Stored("weight", width, config.NumChannels, patch, patch),
            config.HasClassToken ? null : embeddings.At("patch_embedding").Vector("bias", width),
            compute);
        var blocks = new VisionBlock[config.NumHiddenLayers];
        for (int i = 0; i < blocks.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            blocks[i] = VisionBlock.Load(weights.At("encoder").At("layers").At(i), config, compute);
        }

        return new VisionTransformer(
            config,
            new PatchEmbedding(projection, config.NumChannels, patch),
            config.HasClassToken ? embeddings.Vector("class_embedding", width) : null,
            embeddings.At("position_embedding").Vector("weight", config.Tokens, width),
            config.HasClassToken ? LayerNorm.Load(weights.At("pre_layrnorm"), width, config.LayerNormEps) : null,
            blocks);
    }

    /// <summary>The input of block 0.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="pixels">[tiles, channels, image size, image size], normalised.</param>
    /// <returns>[tiles · tokens, width], rented.</returns>
    public Tensor Embed(Compute compute, Tensor pixels)
    {
        int tokens = Config.Tokens, special = tokens - (Config.Side * Config.Side);
        var states = compute.Rent(pixels.Rows * tokens, Config.HiddenSize);
        var mark = compute.Arena.Top;
        var patches = _patches.Forward(compute, pixels);
        for (int row = 0; row < states.Rows; row++)
        {
            int tile = row / tokens, token = row % tokens;
            var source = token < special && _classToken is not null
                ? _classToken.AsSpan<float>()
                : patches.Row<float>((tile * (tokens - special)) + token - special);
            System.Numerics.Tensors.TensorPrimitives.Add<float>(source, _positions.Row<float>(token), states.Row<float>(row));
        }

        if (_preNorm is not null)
        {
            _preNorm.Forward(compute, states).AsSpan<float>().CopyTo(states.AsSpan<float>());
        }

        compute.Arena.Release(mark);
        return states;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _patches.Dispose();
        _classToken?.Dispose();
        _positions.Dispose();
        _preNorm?.Dispose();
        foreach (var block in _blocks)
        {
            block.Dispose();
        }
    }
}
