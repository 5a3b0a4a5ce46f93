using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Reduction.Methods;

/// <summary>Options of <see cref="FastV"/>, named as its authors name them, and beside them those of PriorTR's port.</summary>
public sealed record FastVOptions : AttentionScoringOptions
{
    /// <summary>K.</summary>
    [Description("K: layers 0 to K-1 run on everything, the cut is before layer K; at least 1; the authors' name of prune_layer; in models of two layers 2 means 1")]
    public int FastvK { get; init; } = DefaultK;

    internal const int DefaultK = 2;

    /// <summary>R.</summary>
    [Description("R: the share of visual tokens that is dropped, in [0, 1); the paper's knob in place of a budget")]
    public double? FastvR { get; init; }

    /// <summary>Rows.</summary>
    [Description("mean or sum over the rows of a question; they differ in size only, so a score_threshold must know which")]
    public RowAggregation RowAggregation { get; init; }
}

/// <summary>
/// FastV (arXiv 2403.06764; pkunlp-icler/FastV): before decoder layer K the visual tokens that the last prompt token attends to most in layer K − 1 are
/// kept, mean over heads. Layers before K keep their whole cache. Deviation: the choice is made once, at prefill; the original without a cache makes
/// it again for every new token. PriorTR's port adds several cuts, the question's rows and the maximum over heads.
/// </summary>
public class FastV : AttentionScoringReducer
{
    private readonly FastVOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public FastV(FastVOptions options)
        : base(options)
    {
        if (options.FastvK < 1)
        {
            throw new ArgumentException($"fastv_k is {options.FastvK}; it is at least 1, because the scores come from the layer before (for a random choice before layer 0 use the method random).");
        }

        if (options.FastvR is < 0 or >= 1)
        {
            throw new ArgumentException($"fastv_r is {options.FastvR}; it is the dropped share, in [0, 1).");
        }

        if ((options.FastvK != FastVOptions.DefaultK && options.PruneLayer is not null) || (options.FastvR is not null && !base.UsesBudget))
        {
            throw new ArgumentException("fastv_k and fastv_r are the authors' names of prune_layer and of a share to keep; give each once.");
        }

        _options = options;
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "fastv", "drops, inside the decoder, what the last prompt token attends to least", "arXiv 2403.06764, pkunlp-icler/FastV",
        FastVJson.Default.FastVOptions, options => new FastV(options));

    /// <inheritdoc/>
    public override TokenBudget? OwnBudget => _options.FastvR is { } dropped ? TokenBudget.KeepRatio(1 - dropped) : null;

    /// <inheritdoc/>
    protected override RatioRounding Rounding => RatioRounding.HalfEven;

    /// <inheritdoc/>
    public override void CheckDecoder(int layers)
    {
        base.CheckDecoder(layers);
        if (_options.FastvK != FastVOptions.DefaultK && _options.FastvK >= layers)
        {
            throw new ArgumentException($"fastv_k is {_options.FastvK}; the model has {layers} layers, so it is at most {layers - 1}.");
        }
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<int> DefaultLayers(ModelShape shape)
    {
        CheckDecoder(shape.DecoderLayers);
        return [Math.Max(1, Math.Min(_options.FastvK, shape.DecoderLayers - 1))];
    }

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores) => TaskAttention(context, scores, _options.RowAggregation);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(SnakeCaseEnumConverter<QueryAggregation>), typeof(SnakeCaseEnumConverter<HeadAggregation>), typeof(SnakeCaseEnumConverter<RowAggregation>)])]
[JsonSerializable(typeof(FastVOptions))]
internal sealed partial class FastVJson : JsonSerializerContext;
