using Fovea.Imaging;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Models.Llava;

/// <summary>
/// The LLaVA line in the Hugging Face layout: LLaVA-1.5 (arXiv 2310.03744), LLaVA-NeXT, LLaVA-OneVision (arXiv 2408.03326), Video-LLaVA (arXiv 2311.10122).
/// CLIP or SigLIP, two linear layers, a language model; the members differ in how they lay out pictures.
/// </summary>
public class LlavaModel : MultimodalModel
{
    private readonly LlavaParts _parts;

    private protected LlavaModel(LlavaParts parts) => _parts = parts;

    /// <inheritdoc/>
    public override string Family => _parts.Family;

    /// <inheritdoc/>
    public override Tokenizer Tokenizer => _parts.Tokenizer;

    /// <inheritdoc/>
    public override int ImageTokenId => _parts.Config.ImageTokenIndex;

    /// <inheritdoc/>
    public override int? VideoTokenId => _parts.Config.VideoTokenIndex;

    /// <inheritdoc/>
    public override VideoProcessor? Videos => _parts.Videos;

    /// <inheritdoc/>
    public override Tensor? InsertedToken => _parts.Newline;

    /// <inheritdoc/>
    public override IReadOnlyList<int> EndTokens => _parts.EndTokens;

    /// <inheritdoc/>
    public override IReadOnlyList<string> StopTexts => _parts.Format.StopTexts;

    /// <inheritdoc/>
    public override LanguageModel LanguageModel => _parts.LanguageModel;

    /// <inheritdoc/>
    public override VisionEncoder Vision => _parts.Vision;

    /// <inheritdoc/>
    public override IReadOnlyList<int> FeatureLayers => _parts.Config.VisionFeatureLayers;

    /// <inheritdoc/>
    public override long WeightBytes => Vision.Bytes + _parts.Projector.Bytes + LanguageModel.Bytes;

    /// <inheritdoc/>
    public override long ProjectorMultiplyAdds => _parts.Projector.MultiplyAdds;

    /// <summary>Builds the model.</summary>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    public static MultimodalModel Load(CheckpointFolder folder, Compute compute, Action<double>? progress, CancellationToken cancellation)
    {
        var keys = new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config);
        var config = LlavaConfig.Read(keys);
        var stored = folder.OpenWeights();
        try
        {
            var weights = LlavaWeightNames.Open(folder, stored);
            VisionEncoder vision = VisionTransformer.Load(weights.At("tower"), config.VisionConfig, compute, cancellation);
            string type = keys.Text("model_type");
            if (type == "video_llava")
            {
                vision = new TwoTowers((VisionTransformer)vision, VisionTransformer.Load(weights.At("video_tower"), config.VisionConfig, compute, cancellation));
            }

            var processor = ImageProcessor.Load(folder.Path, folder.Processing, folder.Config);
            var videos = type is "llava_onevision" or "video_llava" ? VideoProcessor.Load(folder.Path, folder.Processing, folder.Config) : null;
            return new LlavaModel(new LlavaParts(folder, config, weights, vision, compute, progress, cancellation)
            {
                Stored = [stored],
                Layout = videos is not null && type == "video_llava" ? new VideoLlavaLayout(config, processor, videos)
                    : config.Tiled ? new TiledLayout(config, processor, videos)
                    : new SquareLayout(config, processor),
                Videos = videos,
                Format = ConversationFormat.Load(folder),
            })
            {
                Matrices = weights.Matrices,
                PackedCache = weights.PackedCache,
            };
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override string Prompt(IReadOnlyList<ChatMessage> messages) => _parts.Format.Render(messages);

    /// <inheritdoc/>
    public override VisualInput Prepare(IReadOnlyList<VisualItem> items) => _parts.Layout.Prepare(items);

    /// <inheritdoc/>
    public override Tensor Features(Compute compute, VisionState state) => Rows(compute, state, FeatureLayers);

    /// <summary>The feature rows of some hidden states, side by side; rented.</summary>
    private protected Tensor Rows(Compute compute, VisionState state, IReadOnlyList<int> layers)
    {
        int width = _parts.Config.VisionConfig.HiddenSize;
        var rows = state.Input.FeatureRows;
        var features = compute.Rent(rows.Count, width * layers.Count);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int layer = 0; layer < layers.Count; layer++)
            {
                state.HiddenStates[layers[layer]].Row<float>(rows[row]).CopyTo(features.Row<float>(row)[(layer * width)..]);
            }
        }

        return features;
    }

    /// <inheritdoc/>
    public override Tensor FeatureAttention(VisionState state, Tensor attention)
    {
        var rows = state.Input.FeatureRows;
        var selected = Tensor.Allocate(attention.Rows, rows.Count);
        for (int head = 0; head < attention.Rows; head++)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                selected.Row<float>(head)[i] = attention.Row<float>(head)[rows[i]];
            }
        }

        return selected;
    }

    /// <inheritdoc/>
    public override Tensor Project(Compute compute, Tensor features) => _parts.Projector.Forward(compute, features);

    /// <inheritdoc/>
    public override void Dispose()
    {
        InsertedToken?.Dispose();
        Vision.Dispose();
        _parts.Projector.Dispose();
        LanguageModel.Dispose();
        foreach (var stored in _parts.Stored)
        {
            stored.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}
