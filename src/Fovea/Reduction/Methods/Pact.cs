using Fovea.Reduction.Clustering;
using Fovea.Reduction.Importance;
using Fovea.Nn;
using Fovea.Tensors;

namespace Fovea.Reduction.Methods;

/// <summary>
/// PACT (arXiv 2504.08966; orailix/PACT) and every baseline of its repository: before a decoder layer, unimportant visual tokens are pruned (EUTI, FastV-like,
/// norm, custom, or all of them: VTW) and the rest is clustered (DBDPC with recovery of pruned tokens, ToMe, k-means, DPC, DBSCAN, agglomerative, custom).
/// Merged tokens count in attention as many times as their members. All visual tokens of the prompt are pooled; row ends and other special tokens stay.
/// Deviations from the repository are named in <see cref="PactDefect"/>; everything is computed in f32.
/// </summary>
public sealed class Pact : Reducer
{
    private const int NeighboursOfCore = 5;

    private readonly PactOptions _options;
    private readonly PactHooks _hooks;
    private readonly IReadOnlySet<string> _defects;
    private readonly Signal _queries;
    private readonly Signal _keys;
    private readonly Signal _vectors;

    /// <summary>Creates the method.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="hooks">Own scores and clusterings; none = the repository's examples.</param>
    /// <exception cref="ArgumentException">Keys contradict each other or are out of range; the message names them.</exception>
    public Pact(PactOptions options, PactHooks? hooks = null)
    {
        PactChecks.Check(options);
        _options = options.UseTome ? options with { ProgressiveReduction = true, LayerForReduction = 0 } : options;
        _hooks = hooks ?? PactHooks.Examples;
        _defects = PactDefect.Parse(options.Compatibility);
        bool meanIsEnough = options is { UseAttentionInTokenPruning: false, UseCustomPruning: false, UseCosineInTokenPruning: false };
        _queries = meanIsEnough ? Signal.MeanQuery : Signal.LayerQueries(options.UseCosineInTokenPruning);
        _keys = Signal.LayerKeys(options.UseCosineInTokenPruning);
        bool rotary = options.Vectors.EndsWith("_cosine", StringComparison.Ordinal);
        _vectors = options.Vectors.StartsWith("current_q", StringComparison.Ordinal) ? Signal.LayerQueries(rotary) : Signal.LayerKeys(rotary);
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "pact", "prunes and clusters inside the decoder: PACT, and the baselines of its repository", "arXiv 2504.08966, orailix/PACT",
        PactJson.Default.PactOptions, Named, PactPresets.Complete);

    /// <summary>The configuration in force.</summary>
    public PactOptions Options => _options;

    /// <inheritdoc/>
    public override bool UsesBudget => false;

    private bool Prunes => _options.TokenPruning || _options.PruneWithNorm || _options.WithdrawVisualTokens;

    private bool MergesOnce => _options.UseDbdpc || _options.UseCustomMerging || _options.UseKmeans || _options.UseDpc || _options.UseDbscan || _options.UseAgglomerative;

    /// <inheritdoc/>
    public override ReductionPlan Adjust(ReductionPlan plan) => plan with
    {
        ProportionalAttention = plan.ProportionalAttention || !_options.NoProportionalAttention,
        Positions = _options.ChangePositionIds ? PositionPolicy.RenumberPrompt : plan.Positions,
    };

    /// <summary>The first layer before which something happens; the number of layers or more = never.</summary>
    public int FirstLayer(int layers)
    {
        if (!_options.WithdrawVisualTokens || _options.VtwEquivalentLayer < 0)
        {
            return _options.LayerForReduction;
        }

        return WithdrawalLayer(layers, _options.VtwEquivalentLayer, _options.EquivalentReducPercentageVtw);
    }

    /// <summary>VTW's layer: half-even(t·n), t = 1 − (1 − p)·(n − l)/n, which has the mean token count of keeping p from layer l on.</summary>
    public static int WithdrawalLayer(int layers, int layer, double share)
    {
        double mean = 1 - ((1 - share) * ((double)(layers - layer) / layers));
        return (int)Math.Round(mean * layers, MidpointRounding.ToEven);
    }

    /// <inheritdoc/>
    public override void CheckDecoder(int layers)
    {
        PactChecks.CheckLayers(_options, layers);
        PactChecks.CheckSchedule(_options, layers);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape)
    {
        if (!_options.VisualTokenReduction)
        {
            return [];
        }

        PactChecks.CheckLayers(_options, shape.DecoderLayers);
        var stages = new List<StageRequest>();
        int first = FirstLayer(shape.DecoderLayers), end = _options.ProgressiveReduction ? shape.DecoderLayers : first + 1;
        for (int layer = first; layer < Math.Min(end, shape.DecoderLayers); layer++)
        {
            if (Prunes || Merges(layer, shape.DecoderLayers))
            {
                stages.Add(new StageRequest(Stage.Decoder(layer), [.. Signals(layer, shape.DecoderLayers)])
                {
                    Scope = RecoversText && Merges(layer, shape.DecoderLayers) ? ReductionScope.Sequence : ReductionScope.Prompt,
                });
            }
        }

        return stages;
    }

    /// <inheritdoc/>
    public override TokenMap Reduce(ReductionContext context)
    {
        var decision = Decide(context);
        var map = RecoversText && decision.Clusters is not null ? OverSequence(context, decision) : decision.ToMap(context.Count, context.Sizes.Span);
        return Has(PactDefect.HalfPrecisionSizes) && decision.Clusters is not null
            ? map.WithSizes(Array.ConvertAll(map.Sizes(context.Sizes.Length > 0 ? context.Sizes.Span : Ones(map.Inputs)), HalfPrecisionSizes.Of))
            : map;
    }

    /// <summary>Prunes and clusters.</summary>
    public PactDecision Decide(ReductionContext context)
    {
        float[]? scores = Score(context);
        int[] kept = scores is not null ? Select(scores) : _options.WithdrawVisualTokens ? [] : [.. Enumerable.Range(0, context.Count)];
        var decision = new PactDecision { Scores = scores, Kept = kept, Pruned = Except(context.Count, kept) };
        return kept.Length > 0 && Merges(context.Stage.Layer, context.Shape.DecoderLayers) ? Merge(context, decision) : decision;
    }

    /// <summary>The map over the whole sequence, whose text stays and may be merged into visual tokens too.</summary>
    private TokenMap OverSequence(ReductionContext context, PactDecision decision)
    {
        int rows = context[_vectors].Rows;
        var candidates = context.Columns(_vectors);
        float[] sizes = Ones(rows);
        for (int i = 0; i < context.Sizes.Length; i++)
        {
            sizes[candidates[i]] = context.Sizes.Span[i];
        }

        return decision.ToMap(rows, sizes, Except(rows, candidates));
    }

    /// <summary>From scores to what stays.</summary>
    private int[] Select(float[] scores)
    {
        if (_options.UseIqrInTokenPruning && _options.TokenPruning)
        {
            return ScoreSelection.Above(scores, ScoreSelection.QuartileThreshold(scores, _options.AlphaIqr));
        }

        int count = ScoreSelection.Count(scores.Length, _options.PruningTokeepPercentageValue);
        bool strict = _options.PruneWithNorm
            ? Has(PactDefect.NormKeepsOneFewer)
            : (!_options.AvoidNumericalInstabilityPrune && Has(PactDefect.StrictThresholdKeepsOneFewer)) || (count == 0 && Has(PactDefect.KeepZeroKeepsAllButMinimum));
        if (strict && scores.Length > 0)
        {
            return ScoreSelection.Above(scores, ScoreSelection.Threshold(scores, count));
        }

        count = count == 0 && _options.TokenPruning && Has(PactDefect.KeepZeroKeepsAll) ? scores.Length : count;
        return Has(PactDefect.TiesHighestIndexFirst) ? ScoreSelection.BestOfTiesLast(scores, count) : ScoreSelection.Best(scores, count);
    }

    private float[]? Score(ReductionContext context)
    {
        if (!_options.TokenPruning)
        {
            return _options.PruneWithNorm ? HiddenNorm.Of(context[Signal.Features], 2) : null;
        }

        var window = new PrefixWindow(context[_queries], context[_keys], context.Shape.Heads, context.Shape.HeadSize)
        {
            Visual = context.Columns(_keys).ToArray(),
            AllKeys = _options.UseAllNonTextPruning,
        };
        if (_options.UseCustomPruning)
        {
            float[] custom = _hooks.Importance(window);
            return custom.Length == context.Count ? custom : throw new InvalidOperationException($"The custom pruning gave {custom.Length} scores for {context.Count} visual tokens.");
        }

        float[] scores = _options.UseAttentionInTokenPruning
            ? PrefixAttention.Of(context.Compute, window, _options.UseMaskInAttention)
            : MeanQueryAttention.Of(_queries == Signal.MeanQuery ? window.Queries.Row<float>(0) : RowMean.Of(context.Compute, window.Queries, window.Length).Row<float>(0), window);
        if (_options.MultiplyByNorm)
        {
            float[] norms = HiddenNorm.Of(context[Signal.Features], _options.NormToUse);
            System.Numerics.Tensors.TensorPrimitives.Multiply<float>(scores, norms, scores);
        }

        return scores;
    }

    private PactDecision Merge(ReductionContext context, PactDecision decision)
    {
        var columns = context.Columns(_vectors);
        bool offers = _options.IncludePrunedInMean && (_options.UseDbdpc || _options.UseCustomMerging);
        int[] keptRows = At(columns, decision.Kept);
        int[] offeredRows = !offers ? [] : RecoversText ? Except(context[_vectors].Rows, keptRows) : At(columns, decision.Pruned);
        var vectors = Gather(context, context[_vectors], keptRows);
        var offered = Gather(context, context[_vectors], offeredRows);
        bool example = _options.UseCustomMerging && !_options.UseDbdpc && ReferenceEquals(_hooks.Merge.Method, PactHooks.Examples.Merge.Method);
        return decision with
        {
            Clusters = Cluster(context, decision, vectors, offered),
            TakesMean = (_options.TakeMean || !(_options.UseDbdpc || UsesTome)) && !(example && Has(PactDefect.ExampleHookDoesNotMerge)),
            WeighsBySize = UsesTome,
            AveragesPositions = _options.UseDbdpc && _options.GetMeanPositionId && !Has(PactDefect.MropeScalarMeanPosition),
            Rows = RecoversText ? [.. keptRows, .. offeredRows] : [.. decision.Kept, .. offers ? decision.Pruned : []],
        };
    }

    private Clusters Cluster(ReductionContext context, PactDecision decision, Tensor vectors, Tensor offered)
    {
        var compute = context.Compute;
        int count = vectors.Rows;
        if (_options.UseDbdpc)
        {
            return Bounded(context, vectors, offered);
        }

        if (_options.UseCustomMerging)
        {
            var features = context[Signal.Features];
            var clusters = _hooks.Merge(new MergeInput(compute, Gather(context, features, decision.Kept), vectors, _options.Cutoff)
            {
                PrunedVectors = offered,
                PrunedFeatures = Gather(context, features, _options.IncludePrunedInMean ? decision.Pruned : []),
            });
            return clusters.Labels.Length == count + offered.Rows
                ? clusters
                : throw new InvalidOperationException($"The custom merging labelled {clusters.Labels.Length} tokens; it was given {count} and {offered.Rows} pruned ones.");
        }

        if (_options.UseTome)
        {
            return BipartiteMatching.Cluster(compute, vectors, MatchingSchedule.At(FirstMerges(context), context.Shape.DecoderLayers, context.Stage.Layer));
        }

        if (_options.UseKmeans)
        {
            int k = (int)((float)_options.PercTokeepKmeans * context.Count);
            return KMeans.Cluster(compute, vectors, Math.Clamp(k, 1, count)).Clusters;
        }

        if (_options.UseDpc)
        {
            int centres = (int)(_options.PercentageToKeepDpc * count);
            return centres == 0 && Has(PactDefect.ZeroCentresKeepLastToken)
                ? new Clusters([.. Enumerable.Repeat(count - 1, count)])
                : DensityPeaks.Cluster(compute, vectors, Math.Max(1, centres));
        }

        return _options.UseDbscan
            ? Dbscan.Cluster(compute, vectors, _options.EpsDbscan, NeighboursOfCore, _options.NoiseAsClustersDbscan)
            : Agglomerative.Cluster(
                compute, vectors, Math.Max(1, (int)(_options.PercentageToKeepAgglomerative * count)), PactChecks.LinkageOf(_options.Linkage) ?? Linkage.Single);
    }

    private Clusters Bounded(ReductionContext context, Tensor vectors, Tensor offered)
    {
        var clusters = DistanceBoundedPeaks.Cluster(context.Compute, vectors, _options.Cutoff, _options.AvoidNumericalInstabilityDbdpc);
        float radius = (float)(_options.Cutoff * _options.CoefPruned);
        int[] recovered = DistanceBoundedPeaks.Recover(context.Compute, clusters, offered, radius);
        int[] labels = _options.IncludePrunedInMean && Has(PactDefect.CoefBelowOneDropsKept) ? clusters.WithinRadius(radius).Labels : clusters.Labels;
        return new Clusters([.. labels, .. recovered]);
    }

    private float FirstMerges(ReductionContext context)
    {
        var memory = context.State.Of<FirstCount>(this);
        memory.Tokens ??= context.Count;
        return MatchingSchedule.First(context.Shape.DecoderLayers, _options.TomeEquivalentLayer, _options.PercTokeepTomeTotal, memory.Tokens.Value);
    }

    private bool RecoversText => _options is { UseDbdpc: true, IncludePrunedInMean: true, DoNotConsiderNonImageTokensAsPruned: false };

    private bool UsesTome => _options is { UseTome: true, UseCustomMerging: false };

    private bool Has(string defect) => _defects.Contains(defect);

    private bool Merges(int layer, int layers) => UsesTome || (MergesOnce && layer == FirstLayer(layers));

    private HashSet<Signal> Signals(int layer, int layers)
    {
        var signals = new HashSet<Signal>();
        if (_options.TokenPruning)
        {
            signals.Add(_queries);
            signals.Add(_keys);
        }

        bool merges = Merges(layer, layers);
        if (merges)
        {
            signals.Add(_vectors);
        }

        if (_options.PruneWithNorm || (_options is { TokenPruning: true, MultiplyByNorm: true, UseCustomPruning: false }) || (merges && _options.UseCustomMerging))
        {
            signals.Add(Signal.Features);
        }

        return signals;
    }

    private static Reducer Named(PactOptions options)
    {
        var pact = new Pact(options);
        return !options.VisualTokenReduction || pact.Prunes || pact.MergesOnce || options.UseTome
            ? pact
            : throw new ArgumentException($"Nothing of pact is switched on: give preset=NAME ({string.Join(", ", PactPresets.Names)}), or token_pruning, use_DBDPC or another of its methods.");
    }

    private static Tensor Gather(ReductionContext context, Tensor table, int[] rows)
    {
        var gathered = context.Compute.Rent(rows.Length, table.RowLength);
        context.Compute.Gather(table, rows, gathered);
        return gathered;
    }

    private static int[] At(ReadOnlySpan<int> columns, int[] indices)
    {
        var rows = new int[indices.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = columns[indices[i]];
        }

        return rows;
    }

    private static float[] Ones(int count)
    {
        var ones = new float[count];
        Array.Fill(ones, 1);
        return ones;
    }

    private static int[] Except(int count, ReadOnlySpan<int> without)
    {
        var excluded = new bool[count];
        foreach (int index in without)
        {
            excluded[index] = true;
        }

        return [.. Enumerable.Range(0, count).Where(index => !excluded[index])];
    }

    private sealed class FirstCount
    {
        public int? Tokens { get; set; }
    }
}
