using Fovea.Imaging;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models.Qwen;

/// <summary>
/// The encoders of Qwen2-VL, Qwen2.5-VL and Qwen3-VL: patches of pictures in their own size, two-dimensional rotary embedding, attention within a frame, in
/// Qwen2.5-VL mostly within windows. Qwen3-VL adds learned positions.
/// </summary>
internal sealed class QwenVisionEncoder : VisionEncoder
{
    private const float Epsilon = 1e-6f;

    private readonly QwenVisionConfig _config;
    private readonly Linear _patches;
    private readonly PositionTable? _positions;
    private readonly PatchRotary _rotary;
    private readonly VisionBlock[] _blocks;

    private QwenVisionEncoder(QwenVisionConfig config, Linear patches, PositionTable? positions, VisionBlock[] blocks)
    {
        _config = config;
        _patches = patches;
        _positions = positions;
        _rotary = new PatchRotary(config.HeadSize);
        _blocks = blocks;
    }

    /// <inheritdoc/>
    public override int BlockCount => _blocks.Length;

    /// <inheritdoc/>
    public override int TokensPerTile => 1;

    /// <inheritdoc/>
    public override long Bytes => _patches.Bytes + (_positions?.Bytes ?? 0) + _blocks.Sum(block => block.Bytes);

    /// <summary>Reads the encoder.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static QwenVisionEncoder Load(WeightReader weights, QwenVisionConfig config, Compute compute, CancellationToken cancellation)
    {
        var projection = weights.At("patch_embed").At("proj");
        bool third = config.Version == QwenVersion.Qwen3;
        var patches = Linear.Of(
            projection,
            projection.Stored("weight", config.HiddenSize, 3, config.TemporalPatchSize, config.PatchSize, config.PatchSize),
            third ? projection.Vector("bias", config.HiddenSize) : null,
            compute);
        var blocks = new VisionBlock[config.Depth];
        for (int i = 0; i < blocks.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            blocks[i] = LoadBlock(weights.At("blocks").At(i), config, compute);
        }

        var positions = third ? new PositionTable(weights.At("pos_embed").Vector("weight", config.NumPositionEmbeddings, config.HiddenSize)) : null;
        return new QwenVisionEncoder(config, patches, positions, blocks);
    }

    /// <summary>Reads a norm of the generation's kind.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static Norm LoadNorm(WeightReader weights, int width, QwenVisionConfig config) =>
        config.Version == QwenVersion.Qwen25 ? RmsNorm.Load(weights, width, Epsilon) : LayerNorm.Load(weights, width, Epsilon);

    /// <inheritdoc/>
    public override bool CanCapture(int block) => _config.WindowSize == 0 || _config.FullAttentionBlocks.Contains(block);

    /// <inheritdoc/>
    public override VisionState Embed(Compute compute, VisualInput input)
    {
        var grids = ((QwenInput)input).Grids;
        var windows = _config.WindowSize > 0 ? EncoderWindows.Compute(grids, _config.WindowSize, _config.PatchSize, _config.SpatialMergeSize) : null;
        int rows = input.Pixels.Rows;
        var states = compute.Rent(rows, _config.HiddenSize);
        var cos = compute.Rent(rows, _rotary.Length);
        var sin = compute.Rent(rows, _rotary.Length);
        var mark = compute.Arena.Top;
        var embedded = EmbedPatches(compute, input.Pixels);
        if (EmbedPositions(compute, grids) is { } positions)
        {
            compute.AddInto(embedded, positions);
        }

        var angles = Angles(compute, grids);
        for (int row = 0; row < rows; row++)
        {
            int source = windows is null ? row : (windows.Order[row / _config.MergedPatches] * _config.MergedPatches) + (row % _config.MergedPatches);
            embedded.Row<float>(source).CopyTo(states.Row<float>(row));
            var angle = angles.Row<float>(source);
            var c = cos.Row<float>(row);
            var s = sin.Row<float>(row);
            for (int i = 0; i < angle.Length; i++)
            {
                (s[i], c[i]) = MathF.SinCos(angle[i]);
            }
        }

        compute.Arena.Release(mark);
        return new QwenVisionState(states, PatchOrder.FrameOffsets(grids), input, cos, sin, windows);
    }

    /// <summary>The patches alone, in raster order of merged tokens: [patches, width], rented.</summary>
    public Tensor EmbedPatches(Compute compute, Tensor pixels) => _patches.Forward(compute, pixels);

    /// <summary>The learned positions alone, in the same order: [patches, width], rented; none if there are none.</summary>
    public Tensor? EmbedPositions(Compute compute, IReadOnlyList<PatchGrid> grids) => _positions?.Rows(compute, grids, _config.SpatialMergeSize);

    /// <summary>The angles of rotary embedding, in the same order: [patches, head size / 2], rented.</summary>
    public Tensor Angles(Compute compute, IReadOnlyList<PatchGrid> grids)
    {
        var angles = compute.Rent(grids.Sum(grid => grid.Count), _rotary.Length);
        _rotary.Angles(grids, _config.SpatialMergeSize, angles);
        return angles;
    }

    /// <inheritdoc/>
    public override Tensor? Attend(Compute compute, int block, VisionState state, bool capture)
    {
        var (qwen, captures) = ((QwenVisionState)state, Array.Empty<AttentionCapture>());
        if (capture)
        {
            captures = CanCapture(block)
                ? [.. Enumerable.Range(1, state.Offsets.Length - 1).Select(frame => new AttentionCapture
                {
                    Received = Tensor.Allocate(_config.NumHeads, state.Offsets[frame] - state.Offsets[frame - 1]),
                })]
                : throw new NotSupportedException(
                    $"Encoder block {block} attends within windows; attention over a whole picture exists in blocks {string.Join(", ", _config.FullAttentionBlocks)}.");
        }

        _blocks[block].Attend(compute, state.States, Pieces(block, qwen), captures, (qwen.Cos, qwen.Sin));
        return capture ? Join(captures, state.Offsets) : null;
    }

    /// <inheritdoc/>
    public override void FeedForward(Compute compute, int block, VisionState state) => _blocks[block].FeedForward(compute, state.States);

    /// <inheritdoc/>
    public override long EmbedOperations(VisionState state) => 2L * state.States.Rows * _config.HiddenSize * _config.PatchLength;

    /// <inheritdoc/>
    public override long BlockOperations(int block, VisionState state)
    {
        int[] pieces = Pieces(block, (QwenVisionState)state);
        long pairs = 0;
        for (int i = 1; i < pieces.Length; i++)
        {
            pairs += (long)(pieces[i] - pieces[i - 1]) * (pieces[i] - pieces[i - 1]);
        }

        return (2L * state.States.Rows * _blocks[block].MultiplyAdds) + (4 * pairs * _config.HiddenSize);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _patches.Dispose();
        _positions?.Dispose();
        foreach (var block in _blocks)
        {
            block.Dispose();
        }
    }

    private int[] Pieces(int block, QwenVisionState state) =>
        state.Windows is { } windows && !_config.FullAttentionBlocks.Contains(block) ? [.. windows.Offsets] : state.Offsets;

    private static VisionBlock LoadBlock(WeightReader weights, QwenVisionConfig config, Compute compute)
    {
        int width = config.HiddenSize, inner = config.IntermediateSize;
        var mlp = weights.At("mlp");
        Linear[] parts = Linear.LoadParts(weights.At("attn").At("qkv"), width, [width, width, width], bias: true, compute);
        FeedForward TwoLayers(string first, string second) => new Mlp(
            Linear.Load(mlp.At(first), width, inner, bias: true, compute), Linear.Load(mlp.At(second), inner, width, bias: true, compute), config.HiddenAct);
        return new VisionBlock(
            LoadNorm(weights.At("norm1"), width, config),
            new SelfAttention(
                parts[0], parts[1], parts[2], Linear.Load(weights.At("attn").At("proj"), width, width, bias: true, compute),
                new AttentionSettings(config.NumHeads, config.NumHeads, config.HeadSize, 1 / MathF.Sqrt(config.HeadSize), Causal: false)),
            LoadNorm(weights.At("norm2"), width, config),
            config.Version switch
            {
                QwenVersion.Qwen2 => TwoLayers("fc1", "fc2"),
                QwenVersion.Qwen25 => GatedMlp.Load(mlp, width, inner, bias: true, config.HiddenAct, compute),
                _ => TwoLayers("linear_fc1", "linear_fc2"),
            });
    }
}
