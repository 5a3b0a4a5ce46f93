using System.Text.Json;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Tensors;

namespace Fovea.Cli.Output;

/// <summary>A model as JSON.</summary>
internal sealed record ModelOutput
{
    private static readonly (int Width, int Height)[] Sizes = [(336, 336), (640, 480), (1280, 720)];

    public required string Family { get; init; }

    public required string FamilyName { get; init; }

    public required int EncoderBlocks { get; init; }

    public required int FeatureBlock { get; init; }

    public required int DecoderLayers { get; init; }

    public required int HiddenSize { get; init; }

    public required int Heads { get; init; }

    public required int KeyValueHeads { get; init; }

    public required int HeadSize { get; init; }

    public required int Vocabulary { get; init; }

    public required int Context { get; init; }

    public required IReadOnlyList<PictureOutput> VisualTokens { get; init; }

    public required long WeightBytes { get; init; }

    public required long EncoderWeightBytes { get; init; }

    public required long LanguageModelWeightBytes { get; init; }

    public required IReadOnlyList<WeightOutput> Weights { get; init; }

    public required string Cache { get; init; }

    public required long CacheBytesPerToken { get; init; }

    /// <summary>Looks at a model.</summary>
    public static ModelOutput Of(MultimodalModel model)
    {
        var text = model.LanguageModel.Config;
        return new ModelOutput
        {
            Family = model.Family,
            FamilyName = KnownModels.All.FirstOrDefault(family => family.ModelType == model.Family)?.Name ?? model.Family,
            EncoderBlocks = model.Vision.BlockCount,
            FeatureBlock = model.FeatureBlock,
            DecoderLayers = text.NumHiddenLayers,
            HiddenSize = text.HiddenSize,
            Heads = text.NumAttentionHeads,
            KeyValueHeads = text.NumKeyValueHeads,
            HeadSize = text.HeadDim,
            Vocabulary = text.VocabSize,
            Context = text.MaxPositionEmbeddings,
            VisualTokens = [.. Sizes.Select(size => new PictureOutput(size.Width, size.Height, Tokens(model, size.Width, size.Height)))],
            WeightBytes = model.WeightBytes,
            EncoderWeightBytes = model.Vision.Bytes,
            LanguageModelWeightBytes = model.LanguageModel.Bytes,
            Weights = WeightOutput.Of(model.Matrices),
            Cache = model.LanguageModel.CacheType.ToString().ToLowerInvariant(),
            CacheBytesPerToken = BytesPerToken(model.LanguageModel),
        };
    }

    /// <summary>One line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, OutputJson.Plain.ModelOutput);

    private static long BytesPerToken(LanguageModel model)
    {
        using var cache = model.NewCache();
        using var entry = Tensor.Allocate(1, model.Config.NumKeyValueHeads * model.Config.HeadDim);
        for (int layer = 0; layer < cache.Layers; layer++)
        {
            cache[layer].Append(entry, entry, 0, 1, []);
        }

        return cache.Bytes;
    }

    /// <summary>Prepares a grey picture: only the model's own processor knows how many tokens a size becomes.</summary>
    private static int Tokens(MultimodalModel model, int width, int height)
    {
        using var input = model.Prepare([VisualItem.Of(new Image(width, height, new byte[3 * width * height]))]);
        return input.Geometry.Count;
    }
}
