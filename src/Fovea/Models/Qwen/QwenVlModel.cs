using Fovea.Imaging;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Text;

namespace Fovea.Models.Qwen;

/// <summary>
/// Qwen2-VL (arXiv 2409.12191), Qwen2.5-VL (arXiv 2502.13923) and Qwen3-VL (arXiv 2511.21631), dense and with experts: pictures in their own size, four patches merged to
/// one visual token, positions on three axes; Qwen3-VL adds encoder features behind the first decoder layers (DeepStack) and writes times into videos.
/// </summary>
public sealed class QwenVlModel : MultimodalModel
{
    private readonly QwenConfig _config;
    private readonly CheckpointReader _weights;
    private readonly QwenLayout _layout;
    private readonly NormedMlp _merger;
    private readonly NormedMlp[] _deepStack;
    private readonly QwenTimestamps? _timestamps;
    private readonly ConversationFormat _format;

    private QwenVlModel(
        QwenConfig config, CheckpointFolder folder, CheckpointReader weights, VisionEncoder vision, (NormedMlp Last, NormedMlp[] DeepStack) mergers, LanguageModel languageModel)
    {
        _config = config;
        _weights = weights;
        (_merger, _deepStack) = mergers;
        Family = new ConfigReader("config.json", folder.Config).Text("model_type");
        _layout = new QwenLayout(config, folder);
        _format = ConversationFormat.Load(folder);
        Tokenizer = Tokenizer.Load(folder.Path);
        _timestamps = config.Version == QwenVersion.Qwen3 ? new QwenTimestamps(config, _layout, Tokenizer) : null;
        Vision = vision;
        LanguageModel = languageModel;
        FeatureLayers = [.. config.VisionConfig.DeepStackBlocks.Select(block => block + 1).Append(config.VisionConfig.Depth).Distinct()];
        EndTokens = folder.EndTokens(config.TextConfig);
    }

    /// <inheritdoc/>
    public override string Family { get; }

    /// <inheritdoc/>
    public override Tokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public override int ImageTokenId => _config.ImageTokenId;

    /// <inheritdoc/>
    public override int? VideoTokenId => _config.VideoTokenId;

    /// <inheritdoc/>
    public override VideoProcessor Videos => _layout.Videos;

    /// <inheritdoc/>
    public override IReadOnlyList<int> EndTokens { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> StopTexts => _format.StopTexts;

    /// <inheritdoc/>
    public override LanguageModel LanguageModel { get; }

    /// <inheritdoc/>
    public override VisionEncoder Vision { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> FeatureLayers { get; }

    /// <inheritdoc/>
    public override long WeightBytes => Vision.Bytes + _merger.Bytes + _deepStack.Sum(merger => merger.Bytes) + LanguageModel.Bytes;

    /// <inheritdoc/>
    public override long ProjectorMultiplyAdds => _merger.MultiplyAdds;

    /// <inheritdoc/>
    public override int DeepStackLevels => _deepStack.Length;

    /// <summary>Builds the model.</summary>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    public static MultimodalModel Load(CheckpointFolder folder, Compute compute, Action<double>? progress, CancellationToken cancellation)
    {
        var config = QwenConfig.Read(new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config));
        var stored = folder.OpenWeights();
        try
        {
            var weights = QwenWeightNames.Open(folder, stored);
            var visual = weights.At("visual");
            var vision = QwenVisionEncoder.Load(visual, config.VisionConfig, compute, cancellation);
            var merger = QwenMerger.Load(visual.At("merger"), config.VisionConfig, compute);
            var deepStack = config.VisionConfig.DeepStackBlocks
                .Select((_, level) => QwenMerger.LoadDeepStack(visual.At("deepstack_merger_list").At(level), config.VisionConfig, compute))
                .ToArray();
            var languageModel = LanguageModel.Load(weights, config.TextConfig, compute, folder.Options.Cache, progress, cancellation);
            weights.CheckAllTaken();
            return new QwenVlModel(config, folder, stored, vision, (merger, deepStack), languageModel) { Matrices = weights.Matrices, PackedCache = weights.PackedCache };
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Prompt(IReadOnlyList<ChatMessage> messages) => _format.Render(messages);

    /// <inheritdoc/>
    public override VisualInput Prepare(IReadOnlyList<VisualItem> items) => _layout.Prepare(items);

    /// <inheritdoc/>
    public override int[] Expand(ReadOnlySpan<int> ids, IReadOnlyList<VisualItem> items, IReadOnlyList<int> tokens) =>
        _timestamps is null ? base.Expand(ids, items, tokens) : _timestamps.Expand(ids, items, tokens);

    /// <inheritdoc/>
    public override TokenPosition[] Positions(ReadOnlySpan<int> ids, Geometry geometry, int start) => QwenPositions.Of(ids, IsVisual, geometry, start);

    /// <inheritdoc/>
    public override Tensor Features(Compute compute, VisionState state) => Merged(compute, (QwenVisionState)state, _config.VisionConfig.Depth);

    /// <summary>Mean over the patches of each merged token.</summary>
    /// <inheritdoc/>
    public override Tensor FeatureAttention(VisionState state, Tensor attention)
    {
        int patches = _config.VisionConfig.MergedPatches;
        var order = ((QwenVisionState)state).Windows?.Order;
        var merged = Tensor.Allocate(attention.Rows, attention.RowLength / patches);
        for (int head = 0; head < merged.Rows; head++)
        {
            for (int i = 0; i < merged.RowLength; i++)
            {
                float sum = 0;
                foreach (float share in attention.Row<float>(head).Slice(i * patches, patches))
                {
                    sum += share;
                }

                merged.Row<float>(head)[order is null ? i : order[i]] = sum / patches;
            }
        }

        return merged;
    }

    /// <inheritdoc/>
    public override Tensor Project(Compute compute, Tensor features) => _merger.Forward(compute, features);

    /// <inheritdoc/>
    public override Tensor DeepStackFeatures(Compute compute, VisionState state, int level) =>
        Merged(compute, (QwenVisionState)state, _config.VisionConfig.DeepStackBlocks[level] + 1);

    /// <inheritdoc/>
    public override Tensor ProjectDeepStack(Compute compute, Tensor features, int level) => _deepStack[level].Forward(compute, features);

    /// <inheritdoc/>
    public override void Dispose()
    {
        Vision.Dispose();
        _merger.Dispose();
        Array.ForEach(_deepStack, merger => merger.Dispose());
        LanguageModel.Dispose();
        _weights.Dispose();
    }

    /// <summary>The patches of each merged token side by side, in raster order: [merged tokens, patches · width], rented.</summary>
    private Tensor Merged(Compute compute, QwenVisionState state, int hiddenState)
    {
        var stream = state.HiddenStates[hiddenState];
        int patches = _config.VisionConfig.MergedPatches, count = stream.Rows / patches;
        var features = compute.Rent(count, patches * stream.RowLength);
        for (int i = 0; i < count; i++)
        {
            stream.Slice(i * patches, patches).AsSpan<float>().CopyTo(features.Row<float>(state.Windows?.Order[i] ?? i));
        }

        return features;
    }
}
