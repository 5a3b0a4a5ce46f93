using System.Text.Json.Nodes;

namespace Fovea.Reduction.Methods;

/// <summary>
/// A configuration of PriorTR's framework (CodeChildCZJ/PriorTR), resolved as one of its copies does: defaults filled in, values checked. <see cref="ToPlan"/>
/// makes the plan that computes the same.
/// </summary>
public sealed class PriorTrConfiguration
{
    private static readonly int[] AliasedCounts = [192, 128, 64];
    private static readonly double[] AliasedRatios = [0.334, 0.223, 0.112];
    private const string Adaptive = "priortr_2f_adaptive";
    private const string ScoreMask = "score_mask";
    private const string PriorLayerField = "prior_layer";
    private readonly JsonObject _fields;
    private readonly List<string> _warnings;

    private PriorTrConfiguration(PriorTrCopy copy, JsonObject given, int depth, List<string> warnings)
    {
        Copy = copy;
        Depth = depth;
        _warnings = warnings;
        _fields = copy.Defaults();
        (_fields[ScoreMask], _fields[PriorLayerField]) = ("causal", copy.PriorLayer == PriorLayer.Next ? "next" : "score");
        foreach (var (name, value) in given)
        {
            _fields[name] = _fields.ContainsKey(name) ? value?.DeepClone() : throw new ArgumentException($"PriorTR's {copy.Name} configuration has no field '{name}'.");
            if (copy.InertFields.Contains(name))
            {
                _warnings.Add($"PriorTR's {copy.Name} copy reads {name} and does nothing with it.");
            }
        }

        if (Enabled)
        {
            CheckNames();
            CheckBudgets();
            ExpandClse();
        }
    }

    /// <summary>Whose rules.</summary>
    public PriorTrCopy Copy { get; }

    /// <summary>Decoder layers of the model.</summary>
    public int Depth { get; }

    /// <summary>What was given and has no effect.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Whether anything is reduced.</summary>
    public bool Enabled => PriorTrFields.Flag(_fields, "enabled");

    /// <summary>The method.</summary>
    public string Strategy => PriorTrFields.Text(_fields, "strategy") ?? "";

    /// <summary>K of every cut, in the order of the budgets.</summary>
    public IReadOnlyList<int> PruneLayers { get; private set; } = [];

    /// <summary>The layers whose attention is used, ascending.</summary>
    public IReadOnlyList<int> ScoreLayers => Strategy == "vispruner" ? [] : [.. Active.Select(layer => layer - 1).Distinct().Order()];

    /// <summary>Tokens to keep, for all cuts or each.</summary>
    public IReadOnlyList<int>? KeepTokens => PriorTrFields.Wholes(_fields, "keep_tokens");

    /// <summary>Share to keep, for all cuts or each.</summary>
    public IReadOnlyList<double> KeepRatio => PriorTrFields.Numbers(_fields, "keep_ratio") ?? [1];

    /// <summary>Threshold, for all cuts or each.</summary>
    public IReadOnlyList<double>? ScoreThreshold => PriorTrFields.Numbers(_fields, "score_threshold");

    /// <summary>Rows: <c>last</c> or <c>question</c>.</summary>
    public string QueryAggregation => (PriorTrFields.Text(_fields, "query_aggregation") ?? "question") is var name && name != "auto" ? name
        : Strategy.StartsWith("priortr", StringComparison.Ordinal) ? "question" : "last";

    /// <summary>Heads: <c>mean</c> or <c>max</c>.</summary>
    public string HeadAggregation => PriorTrFields.Text(_fields, "head_aggregation") ?? "mean";

    /// <summary>CLSE's reference layers.</summary>
    public IReadOnlyList<int> RefLayers { get; private set; } = [];

    /// <summary>CLSE's budget.</summary>
    public double? RetainRatio => PriorTrFields.Single(_fields, "retain_ratio");

    /// <summary>CLSE's filter.</summary>
    public double ClseCutoffRatio => PriorTrFields.Single(_fields, "clse_cutoff_ratio") ?? 0.1;

    /// <summary>CLSE's temperature.</summary>
    public double ClseTemp => PriorTrFields.Single(_fields, "clse_temp") ?? 0.1;

    /// <summary>Whether SparseVLM recycles.</summary>
    public bool TokenMerge => PriorTrFields.Flag(_fields, "token_merge");

    /// <summary>VisPruner's important share.</summary>
    public double ImportantRatio => PriorTrFields.Single(_fields, "important_ratio") ?? 0.5;

    /// <summary>Whether score rows see only what is in front of them; <c>score_mask=unmasked</c> is what the shipped Qwen copies do under sdpa.</summary>
    public bool CausalScores => PriorTrFields.Text(_fields, ScoreMask) != "unmasked";

    /// <summary>Whether the two-forward strategy chooses its layer, as the Video-LLaVA copy's second pipeline means to.</summary>
    public bool ChoosesLayer => Strategy == Adaptive;

    private IEnumerable<int> Active => PruneLayers.Where(layer => layer >= 1 && layer <= Depth - 1 + Copy.LastCutBefore);

    /// <summary>From arguments as PriorTR's wrappers and scripts take them.</summary>
    /// <param name="copy">Whose.</param>
    /// <param name="arguments">Such as <c>strategy=priortr</c>, or <c>--vtr_strategy</c> and <c>fastv</c>.</param>
    /// <param name="depth">Decoder layers of the model.</param>
    /// <param name="anyResolution">LLaVA: whether pictures are tiled (1.6).</param>
    /// <param name="honoursRatio">LLaVA: whether a share counts that the wrapper would override by its own count of 192 or 320.</param>
    /// <exception cref="ArgumentException">What the copy refuses; the message names it.</exception>
    public static PriorTrConfiguration FromArguments(PriorTrCopy copy, IReadOnlyList<string> arguments, int depth, bool anyResolution = false, bool honoursRatio = false)
    {
        var warnings = new List<string>();
        return new PriorTrConfiguration(copy, PriorTrArguments.Read(copy, arguments, anyResolution, honoursRatio, warnings), depth, warnings);
    }

    /// <summary>Cuts an argument text at its commas, those in brackets left alone, or at spaces if it has flags.</summary>
    public static IReadOnlyList<string> SplitArguments(string arguments) => PriorTrArguments.Split(arguments);

    /// <summary>
    /// From the fields of the copy's configuration class; <c>enabled</c> is taken as true. Ours beside them: <c>score_mask</c> (causal, unmasked) and
    /// <c>prior_layer</c> (score, next), whose default is what the copy does, and the strategy <c>priortr_2f_adaptive</c>.
    /// </summary>
    /// <exception cref="ArgumentException">What the copy refuses; the message names it.</exception>
    public static PriorTrConfiguration FromFields(PriorTrCopy copy, JsonObject fields, int depth)
    {
        var given = fields.DeepClone().AsObject();
        given["enabled"] = true;
        return new PriorTrConfiguration(copy, given, depth, []);
    }

    /// <summary>The plan: one step, all layers' caches trimmed, positions kept; empty if nothing is reduced.</summary>
    public ReductionPlan ToPlan() => Enabled && ToStep() is { } step ? new ReductionPlan { Steps = [step], Cache = CachePolicy.Trim } : ReductionPlan.None;

    private PlanStep? ToStep()
    {
        if (Strategy == "vispruner")
        {
            var budget = KeepTokens is { } tokens ? TokenBudget.KeepCountEach(tokens[0]) : TokenBudget.KeepRatio(KeepRatio[0]);
            return new PlanStep(Strategy, new VisPruner(new VisPrunerOptions { Rules = VisPrunerRules.Priortr, ImportantRatio = ImportantRatio }), budget);
        }

        return ToReducer() is { } reducer ? new PlanStep(Strategy, reducer, null) : null;
    }

    /// <summary>The method that acts between decoder layers, or none if no cut is left to make.</summary>
    public DecoderScoringReducer? ToReducer()
    {
        int[] cuts = [.. PruneLayers.Index().Where(cut => Active.Contains(cut.Item)).Select(cut => cut.Index)];
        if (ChoosesLayer)
        {
            return new PriorTrTwoForward(Attention(new PriorTrTwoForwardOptions
            {
                CandidateLayers = [.. (PriorTrFields.Wholes(_fields, "candidate_layers") ?? []).Where(layer => layer < Depth)],
                KeepTokens = KeepTokens, KeepRatio = KeepRatio, ScoreThreshold = ScoreThreshold,
                KeepLeast = Copy.KeepsAtLeastOne ? 1 : 0, SpecialTokens = true,
            }, false));
        }

        return cuts.Length == 0 ? null : Strategy switch
        {
            "priortr" => new PriorTr(Attention(Basic(new PriorTrOptions { NullToken = Copy.NullToken }, cuts), Copy.QuestionWithLast)),
            "priortr_2f" => new PriorTrTwoForward(Attention(Basic(new PriorTrTwoForwardOptions { PriorLayer = PriorTrFields.Text(_fields, PriorLayerField) == "next" ? PriorLayer.Next : PriorLayer.Score }, cuts), false)),
            "fastv" => new FastV(Attention(Basic(new FastVOptions { RowAggregation = Copy.FastVRows }, cuts), Copy.FastVWithLast)),
            "sparsevlm" => new SparseVlm(Basic(new SparseVlmOptions { Recycle = TokenMerge }, cuts)),
            _ => ToClse(cuts),
        };
    }

    private Clse ToClse(int[] cuts)
    {
        var grid = PriorTrFields.Wholes(_fields, "clse_grid_t") is [var t] && PriorTrFields.Wholes(_fields, "clse_grid_h") is [var h] && PriorTrFields.Wholes(_fields, "clse_grid_w") is [var w] ? new[] { t, h, w } : null;
        bool cube = PriorTrFields.Flag(_fields, "clse_fft_3d");
        var options = Basic(new ClseOptions(), cuts) with
        {
            RefLayers = RefLayers,
            ClseCutoffRatio = ClseCutoffRatio,
            ClseTemp = ClseTemp,
            ClseEpsilon = cube ? 0 : Copy.ClseEpsilon,
            ClseFft3d = cube,
            ClseGrid = grid,
            SingleGrid = Copy.KeepsAtLeastOne,
            Schedule = ClseSchedule.Each,
        };
        if (Copy == PriorTrCopy.Llava && (RetainRatio is not null || KeepTokens is not null))
        {
            return new Clse(options with { Schedule = ClseSchedule.Published, KeepRatio = null, KeepTokens = [LlavaCount()] });
        }

        double? ratio = RetainRatio ?? (Copy.KeepsAtLeastOne && KeepTokens is [var count] && Array.IndexOf(AliasedCounts, count) is >= 0 and var alias ? AliasedRatios[alias] : null);
        return new Clse(ratio is null ? options : options with { Schedule = ClseSchedule.Published, RetainRatio = ratio, KeepTokens = null, KeepRatio = null, ScoreThreshold = null });
    }

    /// <summary>The LLaVA copy's average: a share is one of 576 tokens.</summary>
    private int LlavaCount()
    {
        const int Tokens = 576;
        if (KeepTokens is { } tokens)
        {
            return tokens[0];
        }

        double ratio = RetainRatio ?? 0;
        int alias = Array.IndexOf(AliasedRatios, Math.Round(ratio, 3, MidpointRounding.ToEven));
        return alias >= 0 ? AliasedCounts[alias] : (int)Math.Round(Tokens * ratio, MidpointRounding.ToEven);
    }

    /// <summary>A count of 0, where the copy then leaves the cut alone, is as many as there may be.</summary>
    private IReadOnlyList<int>? EffectiveTokens => Copy.KeepNoneSkips ? KeepTokens?.Select(count => count == 0 ? int.MaxValue : count).ToArray() : KeepTokens;

    private T Basic<T>(T options, int[] cuts)
        where T : DecoderScoringOptions => options with
        {
            PruneLayer = [.. cuts.Select(cut => PruneLayers[cut])],
            KeepTokens = At(EffectiveTokens, cuts),
            KeepRatio = At(KeepRatio, cuts),
            ScoreThreshold = At(ScoreThreshold, cuts),
            KeepLeast = Copy.KeepsAtLeastOne ? 1 : 0,
            SpecialTokens = true,
            CausalScores = CausalScores,
        };

    private T Attention<T>(T options, bool withLast)
        where T : AttentionScoringOptions => options with
        {
            QueryAggregation = QueryAggregation == "question" ? Reduction.QueryAggregation.Question : Reduction.QueryAggregation.Last,
            HeadAggregation = HeadAggregation == "max" ? Reduction.HeadAggregation.Max : Reduction.HeadAggregation.Mean,
            QuestionWithLast = withLast,
        };

    private static IReadOnlyList<TValue>? At<TValue>(IReadOnlyList<TValue>? values, int[] cuts) => values is null or { Count: 1 } ? values : [.. cuts.Select(cut => values[cut])];

    private void CheckNames()
    {
        Check(Copy.Strategies.Contains(Strategy) || (ChoosesLayer && Copy == PriorTrCopy.Video), "strategy", $"one of {string.Join(", ", Copy.Strategies)}");
        bool silent = Copy == PriorTrCopy.Video;
        Check(silent || QueryAggregation is "last" or "question", "query_aggregation", "last or question");
        Check(silent || HeadAggregation is "mean" or "max", "head_aggregation", "mean or max");
        Check(PriorTrFields.Text(_fields, ScoreMask) is "causal" or "unmasked", ScoreMask, "causal or unmasked");
        Check(PriorTrFields.Text(_fields, PriorLayerField) is "score" or "next", PriorLayerField, "score or next");
        Check(ImportantRatio is > 0 and <= 1, "important_ratio", "a share above 0 and up to 1");
        Check(PriorTrFields.Text(_fields, "prior_mode") is null or "truncate" or "template", "prior_mode", "truncate or template");
        Check(PriorTrFields.Text(_fields, "prior_mode") != "template" || Strategy != "priortr_2f", "prior_mode", "truncate: nobody hands the original's template mode what it needs, so it cannot run; priortr_2f has prior_prompt for another prompt");
        Check(PriorTrFields.Text(_fields, "video_pruning_mode") is null or "none", "video_pruning_mode", "none; nothing else is implemented");
    }

    private void CheckBudgets()
    {
        PruneLayers = PriorTrFields.Wholes(_fields, "prune_layer") ?? throw PriorTrFields.Wrong(_fields, "prune_layer", "at least one layer");
        Check(PruneLayers.All(layer => layer >= 0), "prune_layer", "layers from 0");
        Check(KeepTokens is null || KeepTokens.All(count => count >= 0), "keep_tokens", "counts from 0");
        Check(KeepRatio.All(ratio => ratio <= 1 && (ratio > 0 || (ratio == 0 && !Copy.KeepsAtLeastOne))), "keep_ratio", Copy.KeepsAtLeastOne ? "shares above 0 and up to 1" : "shares from 0 to 1");
        Check(RetainRatio is null or (> 0 and <= 1) || !Copy.KeepsAtLeastOne, "retain_ratio", "a share above 0 and up to 1");
        Check(ScoreThreshold is null || Copy != PriorTrCopy.Video || ScoreThreshold[0] >= 0, "score_threshold", "a number from 0");
        foreach (string name in new[] { "keep_tokens", "keep_ratio", "score_threshold" })
        {
            int count = PriorTrFields.Numbers(_fields, name)?.Count ?? 1;
            bool single = _fields[name] is not JsonArray && count == 1;
            Check(single || (Copy.KeepsAtLeastOne && count == PruneLayers.Count), name, $"one number{(Copy.KeepsAtLeastOne ? $", or one for each of {PruneLayers.Count} layers" : "")}");
        }

        if (!Copy.KeepsAtLeastOne)
        {
            PruneLayers = [.. PruneLayers.Order()];
        }
    }

    /// <summary>What the copies' set-up does for CLSE: a single layer becomes three, whoever gave it.</summary>
    private void ExpandClse()
    {
        if (Strategy == "vispruner")
        {
            PruneLayers = [1];
        }

        if (Strategy != "clse")
        {
            return;
        }

        bool video = Copy == PriorTrCopy.Video, scalar = _fields["prune_layer"] is not JsonArray && PruneLayers.Count == 1;
        RefLayers = PriorTrFields.Wholes(_fields, "ref_layers") ?? [video ? 2 : 0];
        if (scalar)
        {
            var published = video ? [3] : Clse.PublishedLayers(Depth);
            if (!published.SequenceEqual(PruneLayers) && PruneLayers[0] != (PriorTrFields.Wholes(Copy.Defaults(), "prune_layer") ?? [])[0])
            {
                _warnings.Add($"PriorTR replaces a single prune_layer of clse: {PruneLayers[0]} becomes {string.Join(", ", published)}. A list in brackets stays.");
            }

            PruneLayers = published;
        }
    }

    private void Check(bool holds, string name, string wanted)
    {
        if (!holds)
        {
            throw PriorTrFields.Wrong(_fields, name, wanted);
        }
    }
}
