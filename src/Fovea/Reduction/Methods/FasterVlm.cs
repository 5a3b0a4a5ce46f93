using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Reduction.Methods;

/// <summary>Options of <see cref="FasterVlm"/>, named as its authors name them.</summary>
public sealed record FasterVlmOptions
{
    /// <summary>T.</summary>
    [Description("T: visual tokens kept of every tile, at least 1; the paper's knob in place of a budget")]
    public int? VisualTokenNum { get; init; }

    /// <summary>The scoring block.</summary>
    [Description("encoder block whose attention scores the tokens, negative from the end; not set = the block that makes the visual features")]
    public int? Layer { get; init; }
}

/// <summary>
/// FasterVLM (arXiv 2412.01818 v1; Theia-4869/FasterVLM): keeps the tokens that the encoder's class token attends to most, mean over heads. An encoder
/// without a class token is asked for the attention that each token receives. Deviation: cut before the projector instead of after it, which keeps
/// the same tokens and projects fewer.
/// </summary>
public sealed class FasterVlm : ScoringReducer
{
    private readonly FasterVlmOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public FasterVlm(FasterVlmOptions options) => _options = options.VisualTokenNum is null or >= 1
        ? options
        : throw new ArgumentException($"visual_token_num is {options.VisualTokenNum}; it is at least 1.");

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "fastervlm", "keeps what the vision encoder's class token attends to most", "arXiv 2412.01818 v1, Theia-4869/FasterVLM",
        FasterVlmJson.Default.FasterVlmOptions, options => new FasterVlm(options));

    /// <inheritdoc/>
    public override TokenBudget? OwnBudget => _options.VisualTokenNum is { } count ? TokenBudget.KeepCountEach(count) : null;

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) =>
        [new StageRequest(Stage.BeforeProjector, Signal.EncoderAttention(Block(shape))) { Scope = ReductionScope.Tile }];

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores) => HeadMean.Of(context[Signal.EncoderAttention(Block(context.Shape))], scores);

    private int Block(ModelShape shape)
    {
        int block = _options.Layer switch
        {
            null => shape.FeatureBlock,
            < 0 => shape.EncoderBlocks + _options.Layer.Value,
            _ => _options.Layer.Value,
        };
        return block >= 0 && block < shape.EncoderBlocks
            ? block
            : throw new ArgumentException($"layer is {_options.Layer}; the encoder has the blocks 0 to {shape.EncoderBlocks - 1}.");
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FasterVlmOptions))]
internal sealed partial class FasterVlmJson : JsonSerializerContext;
