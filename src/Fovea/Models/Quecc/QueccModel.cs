using Fovea.Models.Llava;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Models.Quecc;

/// <summary>LLaVA-1.5 with QueCC before its projector: the tokens of a picture depend on the question that is asked of it, and there are few of them.</summary>
public sealed class QueccModel : OriginalLlavaModel
{
    private readonly QueccLayer _compressor;
    private readonly int _layer;

    internal QueccModel(LlavaParts parts, ConfigReader config, QueccLayer compressor)
        : base(parts, config)
    {
        int count = compressor.Config.Levels.Count;
        if (compressor.LevelsWidth != compressor.Config.Width * count)
        {
            throw config.Wrong("mm_vision_tower", $"of width {compressor.LevelsWidth / count}: k_proj takes {compressor.LevelsWidth} numbers, not the {compressor.Config.Width * count} of {count} levels");
        }

        _compressor = compressor;
        _layer = parts.Config.VisionFeatureLayers[0];
        FeatureLayers = [.. compressor.Config.Levels.Union(parts.Config.VisionFeatureLayers)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> FeatureLayers { get; }

    /// <inheritdoc/>
    public override long WeightBytes => base.WeightBytes + _compressor.Bytes;

    /// <summary>The question, tokenised by itself: a beginning of sequence and the text.</summary>
    public override int[] Question(ReadOnlySpan<int> ids) => Tokenizer.Encode(QueryText.Of(ids, Tokenizer));

    /// <inheritdoc/>
    public override Tensor Features(Compute compute, VisionState state)
    {
        var levels = Rows(compute, state, _compressor.Config.Levels);
        var patches = Rows(compute, state, [_layer]);
        var feature = state.TextFeature ?? throw new InvalidOperationException("QueCC compresses pictures for a question.");
        var text = compute.Rent(patches.Rows / _compressor.Config.Grid.Patches, feature.RowLength);
        compute.Gather(feature, new int[text.Rows], text);
        return _compressor.Forward(compute, levels, text, patches);
    }

    /// <summary>The mean over the patches of each token's window.</summary>
    public override Tensor FeatureAttention(VisionState state, Tensor attention)
    {
        using var ofPatches = base.FeatureAttention(state, attention);
        var grid = _compressor.Config.Grid;
        int[] order = grid.WindowOrder(ofPatches.RowLength / grid.Patches);
        var means = Tensor.Allocate(ofPatches.Rows, order.Length / grid.WindowPatches);
        for (int head = 0; head < means.Rows; head++)
        {
            means.Row<float>(head).Clear();
            for (int i = 0; i < order.Length; i++)
            {
                means.Row<float>(head)[i / grid.WindowPatches] += ofPatches.Row<float>(head)[order[i]] / grid.WindowPatches;
            }
        }

        return means;
    }

    /// <inheritdoc/>
    public override long FeatureMultiplyAdds(VisionState state) => state.Input.Pixels.Rows * _compressor.MultiplyAdds;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _compressor.Dispose();
        base.Dispose();
    }
}
