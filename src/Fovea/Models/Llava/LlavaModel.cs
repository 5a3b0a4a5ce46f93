using Fovea.Imaging;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Text;

namespace Fovea.Models.Llava;

/// <summary>
/// The LLaVA line in the Hugging Face layout: LLaVA-1.5 (arXiv 2310.03744), LLaVA-NeXT, LLaVA-OneVision (arXiv 2408.03326), Video-LLaVA (arXiv 2311.10122).
/// CLIP or SigLIP, two linear layers, a language model; the members differ in how they lay out pictures.
/// </summary>
public sealed class LlavaModel : MultimodalModel
{
    private readonly LlavaConfig _config;
    private readonly SafetensorsReader _weights;
    private readonly IVisualLayout _layout;
    private readonly Mlp _projector;
    private readonly Tensor? _newline;
    private readonly ConversationFormat _format;

    private LlavaModel(
        LlavaConfig config, CheckpointFolder folder, SafetensorsReader weights, VisionEncoder vision, Mlp projector, Tensor? newline, LanguageModel languageModel)
    {
        _config = config;
        _weights = weights;
        _projector = projector;
        _newline = newline;
        Family = new ConfigReader("config.json", folder.Config).Text("model_type");
        _layout = Layout(Family, config, folder);
        _format = ConversationFormat.Load(folder);
        Tokenizer = Tokenizer.Load(folder.Path);
        Vision = vision;
        LanguageModel = languageModel;
        EndTokens = folder.EndTokens(config.TextConfig);
    }

    /// <inheritdoc/>
    public override string Family { get; }

    /// <inheritdoc/>
    public override Tokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public override int ImageTokenId => _config.ImageTokenIndex;

    /// <inheritdoc/>
    public override int? VideoTokenId => _config.VideoTokenIndex;

    /// <inheritdoc/>
    public override Tensor? InsertedToken => _newline;

    /// <inheritdoc/>
    public override IReadOnlyList<int> EndTokens { get; }

    /// <inheritdoc/>
    public override LanguageModel LanguageModel { get; }

    /// <inheritdoc/>
    public override VisionEncoder Vision { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> FeatureLayers => _config.VisionFeatureLayers;

    /// <inheritdoc/>
    public override long WeightBytes => Vision.Bytes + _projector.Bytes + LanguageModel.Bytes;

    /// <inheritdoc/>
    public override long ProjectorMultiplyAdds => _projector.MultiplyAdds;

    /// <summary>Builds the model.</summary>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    public static MultimodalModel Load(CheckpointFolder folder, Compute compute, Action<double>? progress, CancellationToken cancellation)
    {
        var config = LlavaConfig.Read(new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config));
        var stored = folder.OpenWeights();
        try
        {
            var weights = LlavaWeightNames.Open(stored);
            int features = config.VisionConfig.HiddenSize * config.VisionFeatureLayers.Count, hidden = config.TextConfig.HiddenSize;
            bool bias = config.MultimodalProjectorBias;
            VisionEncoder vision = VisionTransformer.Load(weights.At("tower"), config.VisionConfig, compute, cancellation);
            string type = new ConfigReader("config.json", folder.Config).Text("model_type");
            if (type == "video_llava")
            {
                vision = new TwoTowers((VisionTransformer)vision, VisionTransformer.Load(weights.At("video_tower"), config.VisionConfig, compute, cancellation));
            }

            var newline = type is "llava_next" or "llava_onevision" ? weights.Vector("newline", hidden) : null;
            var projector = new Mlp(
                Linear.Load(weights.At("proj").At(1), features, hidden, bias, compute),
                Linear.Load(weights.At("proj").At(2), hidden, hidden, bias, compute),
                config.ProjectorHiddenAct);
            var languageModel = LanguageModel.Load(weights, config.TextConfig, compute, progress, cancellation);
            weights.CheckAllTaken();
            return new LlavaModel(config, folder, stored, vision, projector, newline, languageModel);
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
    public override Tensor Features(Compute compute, VisionState state)
    {
        int width = _config.VisionConfig.HiddenSize;
        var rows = state.Input.FeatureRows;
        var features = compute.Rent(rows.Count, width * FeatureLayers.Count);
        for (int row = 0; row < rows.Count; row++)
        {
            for (int layer = 0; layer < FeatureLayers.Count; layer++)
            {
                state.HiddenStates[FeatureLayers[layer]].Row<float>(rows[row]).CopyTo(features.Row<float>(row)[(layer * width)..]);
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
    public override Tensor Project(Compute compute, Tensor features) => _projector.Forward(compute, features);

    private static IVisualLayout Layout(string type, LlavaConfig config, CheckpointFolder folder) => type switch
    {
        "llava_next" => new TiledLayout(config, ImageProcessor.Load(folder.Path, folder.Processing, folder.Config), null),
        "llava_onevision" => new TiledLayout(config, ImageProcessor.Load(folder.Path, folder.Processing, folder.Config), VideoProcessor.Load(folder.Path, folder.Processing, folder.Config)),
        "video_llava" => new VideoLlavaLayout(config, ImageProcessor.Load(folder.Path, folder.Processing, folder.Config), VideoProcessor.Load(folder.Path, folder.Processing, folder.Config)),
        _ => new SquareLayout(config, ImageProcessor.Load(folder.Path, folder.Processing, folder.Config)),
    };

    /// <inheritdoc/>
    public override void Dispose()
    {
        _newline?.Dispose();
        Vision.Dispose();
        _projector.Dispose();
        LanguageModel.Dispose();
        _weights.Dispose();
    }
}
