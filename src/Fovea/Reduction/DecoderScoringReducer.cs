namespace Fovea.Reduction;

/// <summary>
/// A method that scores visual tokens between decoder layers: it names the signals of a layer and writes a score for each candidate; layers, budgets for each
/// cut, selection, ties and order are done for it. The cut before layer K is decided on what layer K − 1 has shown.
/// </summary>
public abstract class DecoderScoringReducer : ScoringReducer
{
    private readonly DecoderScoringOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range, or a list has not one value for each cut.</exception>
    protected DecoderScoringReducer(DecoderScoringOptions options)
    {
        _options = options;
        CheckRange(options.PruneLayer is null || (options.PruneLayer.Count > 0 && options.PruneLayer.All(layer => layer >= 1)), "prune_layer", "each layer is at least 1, because the scores come from the layer before it");
        CheckRange(options.KeepTokens is null || options.KeepTokens.All(count => count >= 0), "keep_tokens", "counts begin at 0");
        CheckRange(options.KeepRatio is null || options.KeepRatio.All(ratio => ratio is >= 0 and <= 1), "keep_ratio", "shares lie in [0, 1]");
        CheckRange(options.KeepLeast is 0 or 1, "keep_least", "it is 0 or 1");
    }

    /// <summary>The options decide, if they say how much to keep; otherwise the run's budget does.</summary>
    public override bool UsesBudget => _options.KeepTokens is null && _options.KeepRatio is null && _options.ScoreThreshold is null;

    /// <inheritdoc/>
    protected override RatioRounding Rounding => RatioRounding.Truncate;

    /// <summary>The layers that are cut before, in the order of the budgets; a layer that comes again is cut once, with its first budget.</summary>
    protected IReadOnlyList<int> Layers(ModelShape shape) => _options.PruneLayer ?? DefaultLayers(shape);

    /// <summary>The layers that are cut before, where the options do not say.</summary>
    protected virtual IReadOnlyList<int> DefaultLayers(ModelShape shape) => [Math.Max(1, Math.Min(3, shape.DecoderLayers - 1))];

    /// <summary>What the method looks at before one of the layers.</summary>
    /// <param name="shape">The model's numbers.</param>
    /// <param name="layer">The layer that is cut before, at least 1.</param>
    protected abstract IReadOnlyList<Signal> Signals(ModelShape shape, int layer);

    /// <summary>Attention rows of the layer in front of a cut.</summary>
    /// <param name="layer">The layer that is cut before.</param>
    /// <param name="queries">Whose rows.</param>
    protected Signal Rows(int layer, Queries queries) => Signal.AttentionRows(layer - 1, queries, _options.CausalScores);

    /// <summary>Which of the cuts this is, by its place in the list of layers.</summary>
    protected int CutOf(ReductionContext context) => Layers(context.Shape).Index().First(entry => entry.Item == context.Stage.Layer).Index;

    /// <inheritdoc/>
    public override void CheckDecoder(int layers) => CheckLayers(_options.PruneLayer ?? [], layers);

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape)
    {
        CheckDecoder(shape.DecoderLayers);
        var layers = Layers(shape);
        CheckLayers(layers, shape.DecoderLayers);
        CheckCount(_options.KeepTokens?.Count, layers, "keep_tokens");
        CheckCount(_options.KeepRatio?.Count, layers, "keep_ratio");
        CheckCount(_options.ScoreThreshold?.Count, layers, "score_threshold");
        return [.. layers.Distinct().Select(layer => new StageRequest(Stage.Decoder(layer), Signals(shape, layer))
        {
            BeforeDeepStack = true,
            TakesSpecialTokens = _options.SpecialTokens,
        })];
    }

    /// <summary>What the options say about a cut.</summary>
    public TokenSelection SelectionAt(int cut) => new(
        Of(_options.KeepTokens, cut),
        Of(_options.ScoreThreshold, cut),
        Of(_options.KeepRatio, cut),
        _options.KeepLeast);

    /// <inheritdoc/>
    protected override int[] Select(ReductionContext context, ReadOnlySpan<float> scores) =>
        UsesBudget ? base.Select(context, scores) : SelectionAt(CutOf(context)).Select(scores);

    /// <summary>Refuses an option.</summary>
    /// <exception cref="ArgumentException">The condition does not hold.</exception>
    protected static void CheckRange(bool holds, string option, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"{option} is out of range: {range}.");
        }
    }

    private static void CheckLayers(IReadOnlyList<int> cuts, int layers) =>
        CheckRange(cuts.All(layer => layer <= layers), "prune_layer", $"the model has {layers} layers, so {string.Join(", ", cuts)} do not all fit");

    private static T? Of<T>(IReadOnlyList<T>? values, int cut)
        where T : struct => values is null ? null : values.Count == 1 ? values[0] : values[cut];

    private static void CheckCount(int? count, IReadOnlyList<int> layers, string option) =>
        CheckRange(count is null or 1 || count == layers.Count, option, $"it has {count} values for {layers.Count} layers; give one for all or one for each");
}
