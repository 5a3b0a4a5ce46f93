using Fovea.Imaging;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Text;

namespace Fovea.Models.Llava;

/// <summary>
/// LLaVA-1.5 in the Hugging Face layout (arXiv 2310.03744): CLIP or SigLIP, two linear layers, a language model. One tile an image, its patches in raster order.
/// </summary>
public sealed class LlavaModel : MultimodalModel
{
    private readonly LlavaConfig _config;
    private readonly SafetensorsReader _weights;
    private readonly ImageProcessor _processor;
    private readonly Mlp _projector;
    private readonly PromptFormat _format;

    private LlavaModel(LlavaConfig config, CheckpointFolder folder, SafetensorsReader weights, VisionTransformer vision, Mlp projector, LanguageModel languageModel)
    {
        _config = config;
        _weights = weights;
        _projector = projector;
        _processor = ImageProcessor.Load(folder.Path);
        _format = PromptFormat.Load(folder.Path, "llava");
        Tokenizer = Tokenizer.Load(folder.Path);
        Vision = vision;
        LanguageModel = languageModel;
        EndTokens = folder.EndTokens(config.TextConfig);
    }

    /// <inheritdoc/>
    public override string Family => "llava";

    /// <inheritdoc/>
    public override Tokenizer Tokenizer { get; }

    /// <inheritdoc/>
    public override int ImageTokenId => _config.ImageTokenIndex;

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

    private bool KeepClassToken => _config.KeepClassToken && _config.VisionConfig.HasClassToken;

    /// <summary>Builds the model.</summary>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    public static MultimodalModel Load(CheckpointFolder folder, Compute compute, Action<double>? progress, CancellationToken cancellation)
    {
        var config = LlavaConfig.Read(new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config));
        var stored = folder.OpenWeights();
        try
        {
            var weights = new WeightReader(stored.Path, LlavaWeightNames.Canonical(stored));
            weights.Ignore(LlavaWeightNames.IsIgnored);
            int features = config.VisionConfig.HiddenSize * config.VisionFeatureLayers.Count, hidden = config.TextConfig.HiddenSize;
            bool bias = config.MultimodalProjectorBias;
            var vision = VisionTransformer.Load(weights.At("tower"), config.VisionConfig, compute, cancellation);
            var projector = new Mlp(
                Linear.Load(weights.At("proj").At(1), features, hidden, bias, compute),
                Linear.Load(weights.At("proj").At(2), hidden, hidden, bias, compute),
                config.ProjectorHiddenAct);
            var languageModel = LanguageModel.Load(weights, config.TextConfig, compute, progress, cancellation);
            return weights.Unused.FirstOrDefault() is { } extra
                ? throw new InvalidDataException($"{stored.Path}: weight {extra} is not part of the model that config.json describes.")
                : new LlavaModel(config, folder, stored, vision, projector, languageModel);
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
    public override VisualInput Prepare(IReadOnlyList<VisualItem> items)
    {
        if (items.Any(item => item.IsVideo))
        {
            throw new NotSupportedException("LLaVA-1.5 takes pictures, not videos.");
        }

        var pixels = _processor.Process([.. items.Select(item => item.Frames[0])]).Pixels;
        int side = _config.VisionConfig.Side, size = _config.VisionConfig.ImageSize;
        if (pixels.Shape[2] != size || pixels.Shape[3] != size)
        {
            throw new InvalidDataException($"preprocessor_config.json makes pictures of {pixels.Shape[3]} x {pixels.Shape[2]}, but the encoder takes {size} x {size}.");
        }

        var tokens = new List<VisualToken>();
        var grids = new List<TokenGrid>();
        for (int image = 0; image < items.Count; image++)
        {
            grids.Add(new TokenGrid(image, 0, side, side));
            if (KeepClassToken)
            {
                tokens.Add(new VisualToken(image, 0, image, image, -1, -1, VisualTokenKind.ClassToken));
            }

            for (int i = 0; i < side * side; i++)
            {
                tokens.Add(new VisualToken(image, 0, image, image, i / side, i % side, VisualTokenKind.Patch));
            }
        }

        return new VisualInput(pixels, new Geometry([.. tokens], grids), TokenPacking.Identity(tokens.Count));
    }

    /// <inheritdoc/>
    public override Tensor Features(Compute compute, VisionState state)
    {
        int width = _config.VisionConfig.HiddenSize;
        int[] rows = FeatureRows(state);
        var features = compute.Rent(rows.Length, width * FeatureLayers.Count);
        for (int row = 0; row < rows.Length; row++)
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
        int[] rows = FeatureRows(state);
        var selected = Tensor.Allocate(attention.Rows, rows.Length);
        for (int head = 0; head < attention.Rows; head++)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                selected.Row<float>(head)[i] = attention.Row<float>(head)[rows[i]];
            }
        }

        return selected;
    }

    /// <inheritdoc/>
    public override Tensor Project(Compute compute, Tensor features) => _projector.Forward(compute, features);

    /// <inheritdoc/>
    public override void Dispose()
    {
        Vision.Dispose();
        _projector.Dispose();
        LanguageModel.Dispose();
        _weights.Dispose();
    }

    /// <summary>The rows of the stream that are features: all, or all but the class tokens.</summary>
    private int[] FeatureRows(VisionState state)
    {
        int tokens = _config.VisionConfig.Tokens, skip = _config.VisionConfig.HasClassToken && !KeepClassToken ? 1 : 0;
        return [.. Enumerable.Range(0, state.States.Rows).Where(row => row % tokens >= skip)];
    }
}
