using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Reduction.Methods;

/// <summary>Options of <see cref="FastV"/>, named as its authors name them.</summary>
public sealed record FastVOptions
{
    /// <summary>K.</summary>
    [Description("K: layers 0 to K-1 run on everything, the cut is before layer K; at least 1")]
    public int FastvK { get; init; } = 2;

    /// <summary>R.</summary>
    [Description("R: the share of visual tokens that is dropped, in [0, 1); the paper's knob in place of a budget")]
    public double? FastvR { get; init; }
}

/// <summary>
/// FastV (arXiv 2403.06764; pkunlp-icler/FastV): before decoder layer K the visual tokens that the last prompt token attends to most in layer K − 1 are
/// kept, mean over heads. Layers before K keep their whole cache. Deviation: the choice is made once, at prefill; the original without a cache makes
/// it again for every new token.
/// </summary>
public sealed class FastV : ScoringReducer
{
    private readonly FastVOptions _options;
    private readonly Signal _row;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public FastV(FastVOptions options)
    {
        if (options.FastvK < 1)
        {
            throw new ArgumentException($"fastv_k is {options.FastvK}; it is at least 1, because the scores come from the layer before (for a random choice before layer 0 use the method random).");
        }

        if (options.FastvR is < 0 or >= 1)
        {
            throw new ArgumentException($"fastv_r is {options.FastvR}; it is the dropped share, in [0, 1).");
        }

        _options = options;
        _row = Signal.AttentionRows(options.FastvK - 1, Queries.LastToken);
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "fastv", "drops, inside the decoder, what the last prompt token attends to least", "arXiv 2403.06764, pkunlp-icler/FastV",
        FastVJson.Default.FastVOptions, options => new FastV(options));

    /// <inheritdoc/>
    public override TokenBudget? OwnBudget => _options.FastvR is { } dropped ? TokenBudget.KeepRatio(1 - dropped) : null;

    /// <inheritdoc/>
    public override void CheckDecoder(int layers)
    {
        if (_options.FastvK >= layers)
        {
            throw new ArgumentException($"fastv_k is {_options.FastvK}; the model has {layers} layers, so it is at most {layers - 1}.");
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape)
    {
        CheckDecoder(shape.DecoderLayers);
        return [new StageRequest(Stage.Decoder(_options.FastvK), _row)];
    }

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores) => HeadMean.OfColumns(context[_row], context.Columns(_row), scores);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FastVOptions))]
internal sealed partial class FastVJson : JsonSerializerContext;
