using Fovea.Imaging;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Text;

namespace Fovea.Models.Llava;

/// <summary>What a model of the LLaVA line is made of, however it is stored.</summary>
internal sealed class LlavaParts
{
    /// <summary>Reads what all layouts have in common: projector, newline, language model, tokenizer.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="weights">Its weights; whatever else is in them must have been taken.</param>
    /// <param name="vision">The vision encoder.</param>
    /// <param name="compute">Packs the weights.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops loading.</param>
    /// <param name="language">Where tokenizer and end tokens are, if not in the checkpoint.</param>
    /// <exception cref="InvalidDataException">A weight is missing, superfluous or has another shape.</exception>
    public LlavaParts(
        CheckpointFolder folder, LlavaConfig config, WeightReader weights, VisionEncoder vision, Compute compute, Action<double>? progress, CancellationToken cancellation,
        CheckpointFolder? language = null)
    {
        Config = config;
        Vision = vision;
        Family = new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config).Text("model_type");
        int width = config.FeatureWidth, hidden = config.TextConfig.HiddenSize;
        if (config.ProjectorLayers == 0 && width != hidden)
        {
            throw new InvalidDataException($"{folder.Path}: without a projector the features' width {width} must be the hidden size {hidden}.");
        }

        Newline = config.Merge == TileMerge.SpatialUnpad ? weights.Vector("newline", hidden) : null;
        Projector = new Mlp(
            [.. Enumerable.Range(1, config.ProjectorLayers).Select(layer =>
                Linear.Load(weights.At("proj").At(layer), layer == 1 ? width : hidden, hidden, config.MultimodalProjectorBias, compute))],
            config.ProjectorHiddenAct);
        LanguageModel = LanguageModel.Load(weights, config.TextConfig, compute, folder.Options.Cache, progress, cancellation);
        weights.CheckAllTaken();
        Tokenizer = Tokenizer.Load((language ?? folder).Path);
        EndTokens = (language ?? folder).EndTokens(config.TextConfig);
    }

    public LlavaConfig Config { get; }

    public string Family { get; }

    public Tokenizer Tokenizer { get; }

    public VisionEncoder Vision { get; }

    public Mlp Projector { get; }

    public LanguageModel LanguageModel { get; }

    public Tensor? Newline { get; }

    public IReadOnlyList<int> EndTokens { get; }

    /// <summary>The files that the weights look into.</summary>
    public required IReadOnlyList<CheckpointReader> Stored { get; init; }

    /// <summary>How pictures become visual tokens.</summary>
    public required IVisualLayout Layout { get; init; }

    /// <summary>Chooses and prepares frames; none if the model takes no videos.</summary>
    public VideoProcessor? Videos { get; init; }

    /// <summary>How conversations become prompts.</summary>
    public required ConversationFormat Format { get; init; }
}
