using System.ComponentModel;
using System.Text.Json.Serialization;
using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Methods;

/// <summary>How <see cref="Clse"/> spreads its budget over the cuts.</summary>
public enum ClseSchedule
{
    /// <summary>As published: 1.72, 1.09 and 0.32 times the budget.</summary>
    Published,

    /// <summary>The same at each cut.</summary>
    Each,
}

/// <summary>Options of <see cref="Clse"/>, named as in PriorTR's framework where that has a name.</summary>
public sealed record ClseOptions : DecoderScoringOptions
{
    /// <summary>r.</summary>
    [Description("share of all visual tokens that the layers see on average, in (0, 1]; 0.334, 0.223 and 0.112 have published cuts; in place of a budget")]
    public double? RetainRatio { get; init; }

    /// <summary>Schedule.</summary>
    [Description("published: keep_tokens or the run's budget is an average, kept 1.72, 1.09 and 0.32 times at up to three cuts; each: what is said holds at each cut")]
    public ClseSchedule Schedule { get; init; }

    /// <summary>Reference.</summary>
    [Description("decoder layers whose input is the reference of the change; the last one in front of the first cut counts")]
    [JsonConverter(typeof(WholeNumbersConverter))]
    public IReadOnlyList<int>? RefLayers { get; init; }

    /// <summary>Filter.</summary>
    [Description("width of the filter's gap, as a share of half the grid's shortest side")]
    public double ClseCutoffRatio { get; init; } = 0.1;

    /// <summary>Filter.</summary>
    [Description("added to the filter's 2 sigma squared; 1e-6 in the Video-LLaVA copy")]
    public double ClseEpsilon { get; init; }

    /// <summary>Sigmoid.</summary>
    [Description("temperature of the sigmoid, above 0")]
    public double ClseTemp { get; init; } = 0.1;

    /// <summary>Grid.</summary>
    [Description("rows and columns, or frames, rows and columns of the visual tokens; not set = where they are in their pictures")]
    [JsonConverter(typeof(WholeNumbersConverter))]
    public IReadOnlyList<int>? ClseGrid { get; init; }

    /// <summary>Frames.</summary>
    [Description("one filter over frames, rows and columns instead of one for each frame")]
    [JsonPropertyName("clse_fft_3d")]
    public bool ClseFft3d { get; init; }

    /// <summary>Grids.</summary>
    [Description("leave the change out of prompts with several pictures, as the Qwen copies do; otherwise each picture is filtered by itself")]
    public bool SingleGrid { get; init; }
}

/// <summary>
/// CLSE (arXiv 2606.24165; zjubinchen/CLSE, and as CodeChildCZJ/PriorTR has it): at the first cut the last token's attention times how much the token's fine
/// structure has changed (<see cref="SpectralEvolution"/>), at later cuts the attention alone. Where the tokens do not fill their grids, or a side is 1, the
/// change is left out.
/// </summary>
public sealed class Clse : DecoderScoringReducer
{
    private const int PublishedCuts = 3;
    private static readonly double[] Multiples = [1.72, 1.09, 0.32];
    private readonly ClseOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Clse(ClseOptions options)
        : base(options)
    {
        CheckRange(options.RetainRatio is null or (> 0 and <= 1), "retain_ratio", "it lies in (0, 1]");
        CheckRange(options.RetainRatio is null || base.UsesBudget, "retain_ratio", "it stands in place of keep_tokens, keep_ratio and score_threshold");
        CheckRange(options.ClseTemp > 0, "clse_temp", "it is above 0");
        CheckRange(options.ClseCutoffRatio >= 0, "clse_cutoff_ratio", "it is at least 0");
        CheckRange(options.ClseGrid is null || (options.ClseGrid.Count is 2 or 3 && options.ClseGrid.All(side => side > 0)), "clse_grid", "it is two or three sides");
        CheckRange(options.RefLayers is null || options.RefLayers.All(layer => layer >= 0), "ref_layers", "layers are counted from 0");
        _options = options;
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "clse", "keeps what is attended to and changes its fine structure between layers", "arXiv 2606.24165, zjubinchen/CLSE and CodeChildCZJ/PriorTR",
        ClseJson.Default.ClseOptions, options => new Clse(options));

    /// <inheritdoc/>
    public override bool UsesBudget => base.UsesBudget && _options.RetainRatio is null;

    /// <summary>The published cuts of 32 layers; otherwise at the first layer and at 36 and 67 per cent of the depth, halves to even.</summary>
    /// <param name="depth">Decoder layers.</param>
    public static IReadOnlyList<int> PublishedLayers(int depth) => depth == 32
        ? [1, 11, 21]
        : [1, Math.Max(1, (int)Math.Round(.36 * depth, MidpointRounding.ToEven)), Math.Max(1, (int)Math.Round(.67 * depth, MidpointRounding.ToEven))];

    /// <summary>What is kept at each cut so that the layers see about <paramref name="average"/> tokens.</summary>
    public static int[] Counts(int average) => average switch
    {
        192 => [330, 210, 62],
        128 => [220, 140, 41],
        64 => [110, 70, 20],
        _ => Array.ConvertAll(Multiples, multiple => (int)(multiple * average)),
    };

    /// <summary>The shares of all visual tokens that are kept at each cut so that the layers see about <paramref name="average"/> of them.</summary>
    public static double[] Shares(double average) => Math.Round(average, 3, MidpointRounding.ToEven) switch
    {
        0.334 => [0.57, 0.36, 0.098],
        0.223 => [0.38, 0.24, 0.066],
        0.112 => [0.19, 0.12, 0.034],
        _ => Array.ConvertAll(Multiples, multiple => multiple * average),
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<int> DefaultLayers(ModelShape shape) => PublishedLayers(shape.DecoderLayers);

    /// <inheritdoc/>
    protected override IReadOnlyList<Signal> Signals(ModelShape shape, int layer)
    {
        var layers = Layers(shape);
        CheckRange(ScheduleOf(1) is null || layers.Count <= PublishedCuts, "prune_layer", $"the published schedule has {PublishedCuts} cuts; for more say schedule=each");
        CheckRange(_options.KeepTokens is not { Count: > 1 } || _options.Schedule == ClseSchedule.Each, "keep_tokens", "one count for each cut goes with schedule=each");
        return layers[0] == layer && Reference(layer) is { } reference ? [LastRow(layer), Signal.Features, reference] : [LastRow(layer)];
    }

    /// <inheritdoc/>
    public override void Score(ReductionContext context, Span<float> scores)
    {
        var row = LastRow(context.Stage.Layer);
        AttentionScores.Of(context[row], context.Columns(row), HeadAggregation.Mean, RowAggregation.Mean, scores);
        if (CutOf(context) == 0 && Reference(context.Stage.Layer) is { } reference && Sides(context) is { } sides
            && Magnitude(Gather(context, reference), sides) is { } before && Magnitude(context[Signal.Features], sides) is { } now)
        {
            TensorPrimitives.Multiply(scores, SpectralEvolution.Factors(before, now, _options.ClseTemp), scores);
        }
    }

    /// <inheritdoc/>
    protected override int[] Select(ReductionContext context, ReadOnlySpan<float> scores)
    {
        int average = UsesBudget ? context.Budget.Of(context.UnreducedCount, RatioRounding.Truncate) : 0;
        if (ScheduleOf(context.UnreducedCount, average) is not { } counts)
        {
            return base.Select(context, scores);
        }

        // Where a shallow model has fewer than three cuts, the last still keeps the run's budget.
        int kept = counts[CutOf(context)];
        kept = UsesBudget && context.Stage.Layer == Layers(context.Shape).Max() ? Math.Min(kept, average) : kept;
        return TopK.Ascending(scores, Math.Clamp(kept, UsesBudget ? 1 : 0, scores.Length));
    }

    /// <summary>What is kept at each of three cuts; none where the same is said for each.</summary>
    /// <param name="count">All visual tokens.</param>
    /// <param name="average">The run's budget, where no option says how much.</param>
    public int[]? ScheduleOf(int count, int average = 0) =>
        _options.RetainRatio is { } ratio ? Array.ConvertAll(Shares(ratio), share => Math.Max(1, (int)(count * share)))
        : _options.Schedule == ClseSchedule.Each || _options.KeepRatio is not null || _options.ScoreThreshold is not null ? null
        : Counts(_options.KeepTokens?[0] ?? average);

    private Signal LastRow(int layer) => Rows(layer, Queries.LastToken);

    private Signal? Reference(int layer)
    {
        int[] earlier = [.. (_options.RefLayers ?? [0]).Where(reference => reference < layer)];
        return earlier.Length == 0 ? null : Signal.LayerInput(earlier.Max());
    }

    private float[]? Magnitude(Tensor features, IReadOnlyList<IReadOnlyList<int>> sides)
    {
        var all = new List<float>(features.Rows);
        foreach (var grid in sides)
        {
            int cells = grid.Aggregate(1, (product, side) => product * side);
            if (SpectralEvolution.Magnitude(features.Slice(all.Count, cells), grid, _options.ClseCutoffRatio, _options.ClseEpsilon) is not { } magnitude)
            {
                return null;
            }

            all.AddRange(magnitude);
        }

        return [.. all];
    }

    /// <summary>The grids that the candidates fill, in their order; none if they do not.</summary>
    private IReadOnlyList<IReadOnlyList<int>>? Sides(ReductionContext context)
    {
        IReadOnlyList<IReadOnlyList<int>> grids = _options.ClseGrid is { } given
            ? given.Count == 2 ? [given] : [.. Enumerable.Repeat(given.Skip(1).ToArray(), given[0])]
            : [.. Enumerable.Range(0, context.Count).Select(token => context.Geometry[token].Grid).Distinct().Select(grid => new[] { context.Geometry.Grids[grid].Rows, context.Geometry.Grids[grid].Columns })];
        bool filled = grids.Sum(grid => (long)grid[0] * grid[1]) == context.Count && (_options.ClseGrid is not null || InOrder(context));
        if (!filled || (_options.SingleGrid && grids.Count > 1))
        {
            return null;
        }

        bool cube = _options.ClseFft3d && grids.All(grid => grid[0] == grids[0][0] && grid[1] == grids[0][1]);
        return cube ? [[grids.Count, grids[0][0], grids[0][1]]] : grids;
    }

    private static bool InOrder(ReductionContext context)
    {
        for (int i = 1; i < context.Count; i++)
        {
            var (last, next) = (context.Geometry[i - 1], context.Geometry[i]);
            if (next.Grid == last.Grid && (next.Row, next.Column).CompareTo((last.Row, last.Column)) <= 0)
            {
                return false;
            }
        }

        return true;
    }

    private static Tensor Gather(ReductionContext context, Signal signal)
    {
        var rows = context[signal];
        var gathered = context.Compute.Rent(context.Count, rows.RowLength);
        context.Compute.Gather(rows, context.Columns(signal), gathered);
        return gathered;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(SnakeCaseEnumConverter<ClseSchedule>)])]
[JsonSerializable(typeof(ClseOptions))]
internal sealed partial class ClseJson : JsonSerializerContext;
