using Fovea.Imaging;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Text;

namespace Fovea.Models.InternVl;

/// <summary>
/// InternVL 2, 2.5 (arXiv 2412.05271) and 3 (arXiv 2504.10479) in the original layout and in that of Hugging Face: pictures cut into tiles, InternViT, patches
/// merged by pixel shuffle, two linear layers, a language model.
/// </summary>
public sealed class InternVlModel : MultimodalModel
{
    private const float ProjectorEpsilon = 1e-5f;

    private readonly InternVlConfig _config;
    private readonly CheckpointReader _weights;
    private readonly InternVlLayout _layout;
    private readonly InternVlPrompt _prompt;
    private readonly Norm? _finalNorm;
    private readonly NormedMlp _projector;
    private readonly ConversationFormat _format;

    private InternVlModel(
        InternVlConfig config, CheckpointFolder folder, CheckpointReader weights, (VisionEncoder Encoder, Norm? FinalNorm) vision, NormedMlp projector, LanguageModel languageModel)
    {
        _config = config;
        _weights = weights;
        (Vision, _finalNorm) = vision;
        _projector = projector;
        LanguageModel = languageModel;
        FeatureLayers = [config.FeatureLayer];
        _layout = new InternVlLayout(config, folder);
        Tokenizer = Tokenizer.Load(folder.Path);
        _prompt = new InternVlPrompt(Tokenizer, config);
        var json = new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config);
        Family = json.Text("model_type");
        if (config.IsOriginal)
        {
            var format = Named(json);
            _format = ConversationFormat.Of(format);
            EndTokens = [.. format.StopTexts.Select(text => InternVlPrompt.IdOf(Tokenizer, text))];
        }
        else
        {
            _format = ConversationFormat.Load(folder);
            EndTokens = folder.EndTokens(config.TextConfig);
        }
    }

    /// <inheritdoc/>
    public override string Family { get; }

    /// <inheritdoc/>
    public override Tokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public override int ImageTokenId => _prompt.ImageTokenId;

    /// <inheritdoc/>
    public override int? VideoTokenId => InternVlPrompt.VideoTokenId;

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
    public override long WeightBytes => Vision.Bytes + _projector.Bytes + LanguageModel.Bytes;

    /// <inheritdoc/>
    public override long ProjectorMultiplyAdds => _projector.MultiplyAdds;

    /// <summary>Builds the model.</summary>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    public static MultimodalModel Load(CheckpointFolder folder, Compute compute, Action<double>? progress, CancellationToken cancellation)
    {
        var config = InternVlConfig.Read(new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config), folder);
        var stored = folder.OpenWeights();
        try
        {
            var weights = InternVlWeightNames.Open(folder, stored);
            var sizes = config.VisionConfig.Sizes;
            var vision = InternVit.Load(weights.At("tower"), config.VisionConfig, compute, cancellation);
            var norm = config.VisionConfig.HasFinalNorm ? LayerNorm.Load(weights.At("tower").At("layernorm"), sizes.HiddenSize, sizes.LayerNormEps) : null;
            var projector = weights.At("projector");
            int hidden = config.TextConfig.HiddenSize;
            var merger = new NormedMlp(
                LayerNorm.Load(projector.At(0), config.FeatureWidth, ProjectorEpsilon),
                new Mlp(
                    Linear.Load(projector.At(1), config.FeatureWidth, hidden, bias: true, compute),
                    Linear.Load(projector.At(3), hidden, hidden, bias: true, compute),
                    config.ProjectorAct));
            var languageModel = LanguageModel.Load(weights, config.TextConfig, compute, folder.Options.Cache, progress, cancellation);
            weights.CheckAllTaken();
            return new InternVlModel(config, folder, stored, (vision, norm), merger, languageModel) { Matrices = weights.Matrices, PackedCache = weights.PackedCache };
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
    public override int[] Encode(string prompt) => _prompt.Encode(prompt);

    /// <inheritdoc/>
    public override int[] Expand(ReadOnlySpan<int> ids, IReadOnlyList<VisualItem> items, IReadOnlyList<int> tokens) => _prompt.Expand(ids, items, tokens);

    /// <inheritdoc/>
    public override VisualInput Prepare(IReadOnlyList<VisualItem> items) => _layout.Prepare(items);

    /// <summary>The patches of each visual token side by side.</summary>
    /// <inheritdoc/>
    public override Tensor Features(Compute compute, VisionState state)
    {
        var shuffle = _config.Shuffle;
        var stream = state.HiddenStates[_config.FeatureLayer];
        int width = stream.RowLength;
        var features = compute.Rent(Tiles(state) * shuffle.Tokens, width * shuffle.Patches);
        for (int row = 0; row < features.Rows; row++)
        {
            for (int part = 0; part < shuffle.Patches; part++)
            {
                stream.Row<float>(StreamRow(row, part)).CopyTo(features.Row<float>(row)[(part * width)..]);
            }
        }

        return _finalNorm is not null && _config.FeatureLayer == Vision.BlockCount ? _finalNorm.Forward(compute, features) : features;
    }

    /// <summary>Mean over the patches of each visual token.</summary>
    /// <inheritdoc/>
    public override Tensor FeatureAttention(VisionState state, Tensor attention)
    {
        var shuffle = _config.Shuffle;
        var merged = Tensor.Allocate(attention.Rows, Tiles(state) * shuffle.Tokens);
        for (int head = 0; head < merged.Rows; head++)
        {
            for (int row = 0; row < merged.RowLength; row++)
            {
                float sum = 0;
                for (int part = 0; part < shuffle.Patches; part++)
                {
                    sum += attention.Row<float>(head)[StreamRow(row, part)];
                }

                merged.Row<float>(head)[row] = sum / shuffle.Patches;
            }
        }

        return merged;
    }

    /// <inheritdoc/>
    public override Tensor Project(Compute compute, Tensor features) => _projector.Forward(compute, features);

    /// <inheritdoc/>
    public override void Dispose()
    {
        Vision.Dispose();
        _finalNorm?.Dispose();
        _projector.Dispose();
        LanguageModel.Dispose();
        _weights.Dispose();
    }

    private static int Tiles(VisionState state) => state.Offsets.Length - 1;

    /// <summary>The row of the encoder's stream, class tokens included, that makes up a part of a feature row.</summary>
    private int StreamRow(int feature, int part) =>
        (feature / _config.Shuffle.Tokens * Vision.TokensPerTile) + 1 + _config.Shuffle.Patch(feature % _config.Shuffle.Tokens, part);

    /// <summary>The prompt format that the original layout names; templates that lie beside its tokenizer are those of the language model alone.</summary>
    private static PromptFormat Named(ConfigReader config) => BuiltInPromptFormats.Find(config.Text("template"))
        ?? throw config.Wrong("template", "a known prompt format (internvl2_5, internlm2-chat, Hermes-2 or phi3-chat)");
}
