using System.ComponentModel;
using System.Text.Json.Serialization;
using Fovea.Tensors.Kernels;

namespace Fovea.Reduction.Methods;

/// <summary>Options of <see cref="PyramidDrop"/>, named as its authors name them.</summary>
public sealed record PyramidDropOptions
{
    /// <summary>Layers.</summary>
    [Description("layers that are cut before, ascending, at least 1; 8, 16 and 24 of 32 there; not set = at a quarter, half and three quarters of the depth")]
    public IReadOnlyList<int>? LayerList { get; init; }

    /// <summary>Shares.</summary>
    [Description("share of all visual tokens that stays at each cut, in (0, 1]; 0.5, 0.25 and 0.125 there; in place of a budget, which is what stays at the last cut, the cuts being equal shares")]
    public IReadOnlyList<double>? ImageTokenRatioList { get; init; }
}

/// <summary>
/// PyramidDrop (arXiv 2410.17247; Cooperx521/PyramidDrop): at several depths the visual tokens are cut to a falling share of their original number, by the
/// attention that the last prompt token would pay them in the layer about to run, mean over heads. Deviation: positions are a choice of the plan; the
/// original renumbers.
/// </summary>
public sealed class PyramidDrop : ScoringReducer
{
    private static readonly Signal Row = Signal.EntryRows(Queries.LastToken);
    private readonly PyramidDropOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PyramidDrop(PyramidDropOptions options)
    {
        if (options.LayerList is { } layers && (layers.Count == 0 || layers[0] < 1 || layers.Zip(layers.Skip(1)).Any(pair => pair.First >= pair.Second)))
        {
            throw new ArgumentException($"layer_list is {string.Join(", ", layers)}; its layers ascend from at least 1.");
        }

        if (options.ImageTokenRatioList is { } ratios && (ratios.Any(ratio => ratio is not (> 0 and <= 1)) || (options.LayerList is { } cuts && cuts.Count != ratios.Count)))
        {
            throw new ArgumentException($"image_token_ratio_list is {string.Join(", ", ratios)}; it has one share in (0, 1] for each layer.");
        }

        _options = options;
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "pyramiddrop", "drops, at several depths, what the last prompt token attends to least", "arXiv 2410.17247, Cooperx521/PyramidDrop",
        PyramidDropJson.Default.PyramidDropOptions, options => new PyramidDrop(options));

    /// <inheritdoc/>
    public override bool UsesBudget => _options.ImageTokenRatioList is null;

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape)
    {
        var layers = Layers(shape);
        if (layers.Count == 0 || layers[^1] >= shape.DecoderLayers || layers.Count != (_options.ImageTokenRatioList?.Count ?? layers.Count))
        {
            throw new ArgumentException($"layer_list is {string.Join(", ", layers)} with {_options.ImageTokenRatioList?.Count ?? layers.Count} shares; the model has {shape.DecoderLayers} layers, and each cut has one share.");
        }

        return [.. layers.Select(layer => new StageRequest(Stage.Decoder(layer), Row))];
    }

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores) =>
        AttentionScores.Of(context[Row], context.Columns(Row), HeadAggregation.Mean, RowAggregation.Mean, scores);

    /// <inheritdoc/>
    protected override int[] Select(ReductionContext context, ReadOnlySpan<float> scores)
    {
        var layers = Layers(context.Shape);
        int cut = layers.Index().First(entry => entry.Item == context.Stage.Layer).Index, all = context.UnreducedCount;
        double kept = _options.ImageTokenRatioList is { } ratios ? all * ratios[cut] : Geometric(context.Budget.Of(all, RatioRounding.Truncate), all, (cut + 1.0) / layers.Count);
        return TopK.Ascending(scores, Math.Clamp((int)kept, 1, scores.Length));
    }

    /// <summary>The last cut keeps the budget itself, whatever a power of it would be rounded to.</summary>
    private static double Geometric(int budget, int all, double progress) => progress < 1 ? all * Math.Pow((double)budget / all, progress) : budget;

    private IReadOnlyList<int> Layers(ModelShape shape) => _options.LayerList
        ?? [.. Enumerable.Range(1, 3).Select(quarter => quarter * shape.DecoderLayers / 4).Where(layer => layer > 0).Distinct()];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PyramidDropOptions))]
internal sealed partial class PyramidDropJson : JsonSerializerContext;
