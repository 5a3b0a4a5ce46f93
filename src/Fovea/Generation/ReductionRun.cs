using System.Diagnostics;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>
/// A plan at work on one request: knows what is wanted where, keeps captured signals until their stage, asks the methods, and reports. It never looks at a
/// method's name.
/// </summary>
internal sealed class ReductionRun
{
    private readonly List<(StageRequest Request, PlanStep Step, TokenBudget Budget)> _stages = [];
    private readonly Dictionary<Signal, CapturedSignal> _captured = [];
    private readonly List<StageReport> _reports = [];
    private readonly ForwardState _state = new();
    private readonly ModelShape _shape;

    /// <summary>Resolves a plan against a model.</summary>
    /// <exception cref="ArgumentException">A method or its options do not fit the model.</exception>
    public ReductionRun(ReductionPlan plan, ModelShape shape)
    {
        Plan = plan;
        _shape = shape;
        foreach (var step in plan.Steps)
        {
            var budget = step.EffectiveBudget;
            foreach (var request in step.Reducer.Stages(shape))
            {
                _stages.Add((request, step, budget));
            }
        }
    }

    /// <summary>The plan.</summary>
    public ReductionPlan Plan { get; }

    /// <summary>What has happened so far.</summary>
    public IReadOnlyList<StageReport> Reports => _reports;

    /// <summary>From the unreduced visual tokens to those that are left.</summary>
    public TokenMap Map { get; private set; } = TokenMap.Identity(0);

    /// <summary>Where the unreduced visual tokens are.</summary>
    public Geometry Geometry { get; private set; } = Geometry.Empty;

    /// <summary>The last encoder block that some signal needs; −1 if none does.</summary>
    public int LastEncoderBlock => _stages.SelectMany(stage => stage.Request.Signals).OfType<Signal.EncoderAttentionSignal>().Select(signal => signal.Block).DefaultIfEmpty(-1).Max();

    /// <summary>
    /// Whether all that happens before the language model is decided by the pictures alone: no method there looks at the text, or goes on in the language
    /// model with what it has found out.
    /// </summary>
    public bool ActsOnPicturesAlone => _stages.GroupBy(stage => stage.Step).All(step =>
        step.All(stage => stage.Request.Stage.Kind >= StageKind.Decoder)
        || step.All(stage => stage.Request.Stage.Kind < StageKind.Decoder && stage.Request.Signals.All(signal => signal.IsOfPictures)));

    /// <summary>Tells runs apart whose encoder, and whose reductions before the language model where these are decided by the pictures alone, differ.</summary>
    public string PictureKey
    {
        get
        {
            var blocks = _stages.SelectMany(stage => stage.Request.Signals).OfType<Signal.EncoderAttentionSignal>().Select(signal => signal.Block).Distinct().Order();
            string key = $"attention {string.Join(',', blocks)}";
            var early = _stages.Where(stage => stage.Request.Stage.Kind < StageKind.Decoder).DistinctBy(stage => stage.Step).ToList();
            return !ActsOnPicturesAlone ? $"{key}, features"
                : early.Count == 0 ? key
                : $"{key}, seed {Plan.Seed}: {string.Join("; ", early.Select(stage => $"{stage.Step.Reducer.Identity} keeps {stage.Budget.Exact}"))}";
        }
    }

    /// <summary>Begins with unreduced visual tokens.</summary>
    public void Begin(Geometry geometry)
    {
        Geometry = geometry;
        Map = TokenMap.Identity(geometry.Count);
    }

    /// <summary>Whether a method acts at this stage.</summary>
    public bool ActsAt(Stage stage)
    {
        foreach (var (request, _, _) in _stages)
        {
            if (request.Stage == stage)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether some stage still to come looks at this encoder block.</summary>
    public bool WantsEncoderAttention(int block) => Wants<Signal.EncoderAttentionSignal>(signal => signal.Block == block).Any();

    /// <summary>The attention rows that stages to come want of this decoder layer.</summary>
    public IEnumerable<Signal.AttentionRowsSignal> WantedRows(int layer) => Wants<Signal.AttentionRowsSignal>(signal => signal.Layer == layer);

    /// <summary>Whether some stage to come looks at the visual tokens as this decoder layer takes them in.</summary>
    public bool WantsLayerInput(int layer) => Wants<Signal.LayerInputSignal>(signal => signal.Layer == layer).Any();

    /// <summary>Keeps a signal until its stage; the run owns it from now on.</summary>
    /// <param name="signal">What it is.</param>
    /// <param name="values">Its values.</param>
    /// <param name="columns">For each unreduced visual token its column in the values.</param>
    public void Keep(Signal signal, Tensor values, int[] columns)
    {
        if (_captured.Remove(signal, out var old))
        {
            old.Values.Dispose();
        }

        _captured.Add(signal, new CapturedSignal(values, columns));
    }

    /// <summary>Lets the methods of a stage decide, one after the other.</summary>
    /// <param name="compute">Where to compute.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="values">Rows of the visual tokens there, [visual tokens, width]; called only if a method looks at them.</param>
    /// <param name="apply">Applies a map to whatever the stage holds; returns what it does to the visual tokens.</param>
    /// <param name="make">Makes signals that exist only where the stage acts; they are the arena's. It is handed itself, so that one may be made from another.</param>
    public void Reduce(Compute compute, Stage stage, Func<Tensor> values, Func<TokenMap, TokenMap> apply, Func<Signal, Func<Signal, CapturedSignal?>, CapturedSignal?>? make = null)
    {
        foreach (var (request, step, budget) in _stages)
        {
            if (request.Stage != stage || Map.Outputs == 0)
            {
                continue;
            }

            long started = Stopwatch.GetTimestamp();
            var mark = compute.Arena.Top;
            int before = Map.Outputs;
            var made = new Dictionary<Signal, CapturedSignal?>();
            var decision = new StageDecision(compute, request, step, budget, _shape, Plan.Seed, _state)
            {
                Geometry = Geometry.Select(Map.Representatives),
                Originals = Map.Representatives.ToArray(),
                Sizes = CurrentSizes(),
                Values = values,
                Captured = signal => _captured.TryGetValue(signal, out var captured) ? captured : Make(signal),
            };
            var map = decision.Decide(out string note);
            if (!map.IsIdentity || map.HasSizes)
            {
                Map = Map.Then(apply(map));
            }

            compute.Arena.Release(mark);
            _reports.Add(new StageReport(stage, step.Name, before, Map.Outputs, Stopwatch.GetElapsedTime(started), note));

            CapturedSignal? Make(Signal signal)
            {
                if (!made.TryGetValue(signal, out var value))
                {
                    value = make?.Invoke(signal, Make);
                    made.Add(signal, value);
                }

                return value;
            }
        }
    }

    /// <summary>How many original tokens each visual token stands for by now; empty while all are one.</summary>
    private float[] CurrentSizes()
    {
        if (Map.IsSelection && !Map.HasSizes)
        {
            return [];
        }

        var ones = new float[Map.Inputs];
        Array.Fill(ones, 1);
        return Map.Sizes(ones);
    }

    /// <summary>What a cache may keep now: values with what has happened to them, and the attention that was captured. Nothing is copied.</summary>
    public CachedFeatures Snapshot(Tensor values, IReadOnlyList<Tensor> deepStack) => new(
        values,
        deepStack,
        [.. _captured.Where(entry => entry.Key is Signal.EncoderAttentionSignal).Select(entry => (entry.Key, entry.Value.Values, entry.Value.Columns))],
        Map,
        [.. _reports]);

    /// <summary>Goes on from where a snapshot was taken.</summary>
    public void Restore(CachedFeatures features)
    {
        Map = features.Map;
        _reports.AddRange(features.Reports.Select(report => report with { Time = TimeSpan.Zero }));
        foreach (var (signal, values, columns) in features.Attention)
        {
            Keep(signal, CachedFeatures.CopyOf(values), columns);
        }
    }

    /// <summary>Frees captured signals.</summary>
    public void Clear()
    {
        foreach (var value in _captured.Values)
        {
            value.Values.Dispose();
        }

        _captured.Clear();
    }

    private IEnumerable<TSignal> Wants<TSignal>(Func<TSignal, bool> matches)
        where TSignal : Signal => _stages.SelectMany(stage => stage.Request.Signals).OfType<TSignal>().Where(matches).Distinct();
}
