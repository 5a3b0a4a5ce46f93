using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>
/// The vision transformer of CLIP, SigLIP and InternViT (arXiv 2103.00020, 2303.15343, 2312.14238): patch embedding, class token (CLIP, InternViT), positions, first norm (CLIP), blocks.
/// All blocks are loaded; the engine runs those that the selected features need.
/// </summary>
public sealed class VisionTransformer : VisionEncoder
{
    private readonly PatchEmbedding _patches;
    private readonly Tensor? _classToken;
    private readonly Tensor _positions;
    private readonly LayerNorm? _preNorm;
    private readonly VisionBlock[] _blocks;

    /// <summary>Owns its parts.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="patches">The patch embedding.</param>
    /// <param name="classToken">The class token [width], or none.</param>
    /// <param name="positions">[tokens, width], the class token's first.</param>
    /// <param name="preNorm">The norm before block 0, or none.</param>
    /// <param name="blocks">The blocks.</param>
    public VisionTransformer(VisionConfig config, PatchEmbedding patches, Tensor? classToken, Tensor positions, LayerNorm? preNorm, VisionBlock[] blocks)
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

    /// <inheritdoc/>
    public override int BlockCount => _blocks.Length;

    /// <inheritdoc/>
    public override int TokensPerTile => Config.Tokens;

    /// <inheritdoc/>
    public override long Bytes => _blocks.Sum(block => block.Bytes);

    /// <summary>Reads CLIP or SigLIP by the names below <c>vision_model</c>; the pooling head and the last norm are not used by any supported model.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static VisionTransformer Load(WeightReader weights, VisionConfig config, Compute compute, CancellationToken cancellation = default)
    {
        var embeddings = weights.At("embeddings");
        int width = config.HiddenSize, patch = config.PatchSize;
        var patches = embeddings.At("patch_embedding");
        var projection = Linear.Of(
            patches,
            patches.Stored("weight", width, config.NumChannels, patch, patch),
            config.HasClassToken ? null : patches.Vector("bias", width),
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

    /// <inheritdoc/>
    public override VisionState Embed(Compute compute, VisualInput input)
    {
        var states = compute.Rent(input.Pixels.Rows * Config.Tokens, Config.HiddenSize);
        Embed(compute, input.Pixels, states);
        return new VisionState(states, Offsets(input.Pixels.Rows), input);
    }

    /// <summary>The stream before block 0.</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="pixels">[tiles, channels, image size, image size], normalised.</param>
    /// <param name="states">Receives [tiles · tokens, width].</param>
    public void Embed(Compute compute, Tensor pixels, Tensor states)
    {
        int tokens = Config.Tokens, special = tokens - (Config.Side * Config.Side);
        var mark = compute.Arena.Top;
        var patches = EmbedPatches(compute, pixels);
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
    }

    /// <summary>The patches alone, in raster order tile by tile: [patches, width], rented.</summary>
    internal Tensor EmbedPatches(Compute compute, Tensor pixels) => _patches.Forward(compute, pixels);

    /// <summary>Where each of some tiles starts, and the end.</summary>
    public int[] Offsets(int tiles) => [.. Enumerable.Range(0, tiles + 1).Select(tile => tile * Config.Tokens)];

    /// <inheritdoc/>
    public override Tensor? Attend(Compute compute, int block, VisionState state, bool capture)
    {
        int tiles = state.Offsets.Length - 1;
        var captures = new AttentionCapture[capture ? tiles : 0];
        for (int tile = 0; tile < captures.Length; tile++)
        {
            captures[tile] = Config.HasClassToken
                ? new AttentionCapture { Rows = [0], Probabilities = Tensor.Allocate(Config.NumAttentionHeads, 1, Config.Tokens) }
                : new AttentionCapture { Received = Tensor.Allocate(Config.NumAttentionHeads, Config.Tokens) };
        }

        _blocks[block].Attend(compute, state.States, state.Offsets, captures);
        return capture && tiles > 0 ? Join(captures, state.Offsets) : capture ? Tensor.Allocate(Config.NumAttentionHeads, 0) : null;
    }

    /// <inheritdoc/>
    public override void FeedForward(Compute compute, int block, VisionState state) => _blocks[block].FeedForward(compute, state.States);

    /// <inheritdoc/>
    public override long EmbedOperations(VisionState state) =>
        2L * (state.Offsets.Length - 1) * Config.Side * Config.Side * Config.HiddenSize * Config.NumChannels * Config.PatchSize * Config.PatchSize;

    /// <inheritdoc/>
    public override long BlockOperations(int block, VisionState state)
    {
        long tiles = state.Offsets.Length - 1, tokens = Config.Tokens;
        return tiles * ((2 * tokens * _blocks[block].MultiplyAdds) + (4 * tokens * tokens * Config.HiddenSize));
    }

    /// <inheritdoc/>
    public override void Dispose()
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
