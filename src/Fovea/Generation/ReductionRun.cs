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
    private readonly IReadOnlyList<Signal> _captureOnly = [];

    /// <summary>Resolves a plan against a model. A method that does not fit it is a <see cref="Failure"/>.</summary>
    public ReductionRun(ReductionPlan plan, ModelShape shape)
    {
        Plan = plan;
        _shape = shape;
        foreach (var step in plan.Steps)
        {
            Try(step.Name, null, () =>
            {
                var budget = step.EffectiveBudget;
                _stages.AddRange(step.Reducer.Stages(shape).Select(request => (Checked(step.Name, request), step, budget)));
            });
        }

        if (Wants<Signal.AttentionRowsSignal>(_ => true).GroupBy(signal => signal.Layer).FirstOrDefault(layer => layer.Select(signal => signal.Causal).Distinct().Count() > 1) is { } mixed)
        {
            Fail(new ArgumentException($"Two methods of the plan want the attention of layer {mixed.Key}, one with and one without its causal mask; a layer gives one of them."));
        }
    }

    /// <summary>Reduces nothing and captures these signals, until they are taken.</summary>
    public ReductionRun(IReadOnlyList<Signal> signals, ModelShape shape)
        : this(ReductionPlan.None, shape) => _captureOnly = signals;

    /// <summary>Why the request cannot be answered, or none. From then on nothing is reduced.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>The plan.</summary>
    public ReductionPlan Plan { get; }

    /// <summary>What has happened so far.</summary>
    public IReadOnlyList<StageReport> Reports => _reports;

    /// <summary>From the unreduced visual tokens to those that are left.</summary>
    public TokenMap Map { get; private set; } = TokenMap.Identity(0);

    /// <summary>Where the unreduced visual tokens are.</summary>
    public Geometry Geometry { get; private set; } = Geometry.Empty;

    /// <summary>The encoder blocks whose attention some stage looks at, ascending.</summary>
    public IReadOnlyList<int> EncoderBlocks => [.. Wants<Signal.EncoderAttentionSignal>(_ => true).Select(signal => signal.Block).Order()];

    /// <summary>
    /// Whether all that happens before the language model is decided by the pictures alone: no method there looks at the text, or goes on in the language
    /// model with what it has found out.
    /// </summary>
    public bool ActsOnPicturesAlone => _stages.GroupBy(stage => stage.Step).All(step =>
        step.All(stage => stage.Request.Stage.Kind >= StageKind.Decoder)
        || step.All(stage => stage.Request.Stage.Kind < StageKind.Decoder && stage.Request.Signals.All(signal => signal.IsOfPictures)));

    /// <summary>Tells runs apart that make other visual tokens of the same pictures, or keep other attention of them, where the pictures alone decide.</summary>
    public string PictureKey
    {
        get
        {
            string key = $"reduced, attention {string.Join(',', EncoderBlocks)}";
            var early = _stages.Where(stage => stage.Request.Stage.Kind < StageKind.Decoder).DistinctBy(stage => stage.Step).ToList();
            return early.Count == 0 ? key : $"{key}, seed {Plan.Seed}: {string.Join("; ", early.Select(stage => $"{stage.Step.Reducer.Identity} keeps {stage.Budget.Exact}"))}";
        }
    }

    /// <summary>Begins with unreduced visual tokens.</summary>
    public void Begin(Geometry geometry)
    {
        Geometry = geometry;
        Map = TokenMap.Identity(geometry.Count);
    }

    /// <summary>Whether a method acts at this stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="beforeDeepStack">Which of the two places of a decoder stage.</param>
    public bool ActsAt(Stage stage, bool beforeDeepStack = false)
    {
        foreach (var (request, _, _) in _stages)
        {
            if (Failure is null && request.Stage == stage && request.BeforeDeepStack == beforeDeepStack)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The attention rows that stages to come want of this decoder layer.</summary>
    public IReadOnlyList<Signal.AttentionRowsSignal> WantedRows(int layer) => [.. Wants<Signal.AttentionRowsSignal>(signal => signal.Layer == layer)];

    /// <summary>The rows that are wanted of forward passes beside this one.</summary>
    public IEnumerable<Signal.SeparateRowsSignal> SeparateRows => Wants<Signal.SeparateRowsSignal>(_ => true);

    /// <summary>Whether some stage looks at the embeddings behind the visual tokens.</summary>
    public bool WantsInstruction => Wants<Signal.InstructionEmbeddingsSignal>(_ => true).Any();

    /// <summary>Whether some stage to come looks at the visual tokens as this decoder layer takes them in.</summary>
    public bool WantsLayerInput(int layer) => Wants<Signal.LayerInputSignal>(signal => signal.Layer == layer).Any();

    /// <summary>Keeps a signal until its stage; the run owns it from now on.</summary>
    /// <param name="signal">What it is.</param>
    /// <param name="values">Its values.</param>
    /// <param name="columns">For each visual token that there is now its column in the values; none if the signal has no columns.</param>
    public void Keep(Signal signal, Tensor values, int[] columns)
    {
        if (_captured.Remove(signal, out var old))
        {
            old.Values.Dispose();
        }

        _captured.Add(signal, new CapturedSignal(values, columns));
    }

    /// <summary>Hands a captured signal over.</summary>
    public CapturedSignal Take(Signal signal) => _captured.Remove(signal, out var captured)
        ? captured
        : throw new InvalidOperationException($"{signal} was not captured.");

    /// <summary>Lets the methods of a stage decide, one after the other.</summary>
    /// <param name="compute">Where to compute.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="values">Rows of the visual tokens there, [visual tokens, width]; called only if a method looks at them.</param>
    /// <param name="apply">Applies a map to whatever the stage holds; returns what it does to the visual tokens.</param>
    /// <param name="make">Makes signals that exist only where the stage acts; they are the arena's. It is handed itself, so that one may be made from another.</param>
    /// <param name="beforeDeepStack">Which of the two places of a decoder stage.</param>
    public void Reduce(
        Compute compute,
        Stage stage,
        Func<Tensor> values,
        Func<TokenMap, TokenMap> apply,
        Func<Signal, Func<Signal, CapturedSignal?>, CapturedSignal?>? make = null,
        bool beforeDeepStack = false)
    {
        foreach (var (request, step, budget) in _stages)
        {
            if (request.Stage != stage || request.BeforeDeepStack != beforeDeepStack || Map.Outputs == 0 || Failure is not null)
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
                Unreduced = Geometry,
                Sizes = CurrentSizes(),
                Values = values,
                Captured = signal => _captured.TryGetValue(signal, out var captured) ? captured : Make(signal),
            };
            var map = TokenMap.Identity(before);
            string note = "";
            Try(step.Name, stage, () => map = decision.Decide(out note));
            if (Failure is null && (!map.IsIdentity || map.HasSizes))
            {
                Apply(apply(map));
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

    private void Apply(TokenMap map)
    {
        Map = Map.Then(map);
        foreach (var signal in _captured.Keys.ToList())
        {
            _captured[signal] = _captured[signal].Through(map);
        }
    }

    /// <summary>
    /// Calls a method. Whatever it throws is this request's failure and nobody else's; what callers can get wrong about options stays what it is, with the
    /// method's name in front.
    /// </summary>
    private void Try(string method, Stage? stage, Action action)
    {
        try
        {
            action();
        }
        catch (ArgumentException wrong) when (stage is null)
        {
            Fail(wrong);
        }
#pragma warning disable CA1031 // A method is anybody's code; its failure must not end the other requests of the batch.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Fail(new ReductionException($"The method {method} failed{(stage is { } place ? $" at {place}" : "")}: {failure.Message.TrimEnd('.')}.", failure));
        }
    }

    /// <summary>Notes why the request cannot be answered; the first reason counts.</summary>
    public void Fail(Exception failure) => Failure ??= failure;

    /// <summary>Notes that a signal cannot be made.</summary>
    public void Fail(Signal signal, Exception cause)
    {
        var (request, step, _) = _stages.Find(stage => stage.Request.Signals.Contains(signal));
        Fail(step is null ? cause : new ReductionException($"The method {step.Name} failed at {request.Stage}: {cause.Message}", cause));
    }

    private StageRequest Checked(string method, StageRequest request)
    {
        var rows = request.Signals.OfType<Signal.AttentionRowsSignal>();
        var layers = rows.Select(signal => signal.Layer).Concat(request.Signals.OfType<Signal.SeparateRowsSignal>().Select(signal => signal.Layer));
        if (request.Stage.Kind == StageKind.Decoder && (request.Stage.Layer < 0 || request.Stage.Layer > _shape.DecoderLayers))
        {
            throw new ArgumentException($"The method {method} acts at {request.Stage}; the model has {_shape.DecoderLayers} layers.");
        }

        if (layers.Any(layer => layer < 0 || layer >= _shape.DecoderLayers) || rows.Any(signal => request.Stage.Kind != StageKind.Decoder || signal.Layer >= request.Stage.Layer))
        {
            throw new ArgumentException($"The method {method} asks at {request.Stage} for attention rows of a layer that is not in front of it, or not there.");
        }

        return request;
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

    /// <summary>Visual tokens as a cache may keep them: with what has happened to them, and the encoder attention that was captured of them; rented.</summary>
    public VisualFeatures Snapshot(Compute compute, VisualTokens tokens) => new(
        tokens.Tokens,
        tokens.DeepStack,
        [.. _captured.Where(entry => entry.Key is Signal.EncoderAttentionSignal).Select(entry => (entry.Key, Gathered(compute, entry.Value)))])
    {
        Map = Map,
        Reports = [.. _reports],
    };

    /// <summary>Goes on from where a snapshot was taken.</summary>
    public void Restore(VisualFeatures tokens)
    {
        Map = tokens.Map;
        _reports.AddRange(tokens.Reports.Select(report => report with { Time = TimeSpan.Zero }));
        foreach (var (signal, values) in tokens.Attention)
        {
            Keep(signal, VisualFeatures.CopyOf(values), [.. Enumerable.Range(0, values.RowLength)]);
        }
    }

    /// <summary>The columns of the visual tokens that are left, rented.</summary>
    private static Tensor Gathered(Compute compute, CapturedSignal signal)
    {
        var gathered = compute.Rent(signal.Values.Rows, signal.Columns.Length);
        for (int head = 0; head < gathered.Rows; head++)
        {
            for (int i = 0; i < signal.Columns.Length; i++)
            {
                gathered.Row<float>(head)[i] = signal.Values.Row<float>(head)[signal.Columns[i]];
            }
        }

        return gathered;
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
        where TSignal : Signal =>
        Failure is not null ? [] : _stages.SelectMany(stage => stage.Request.Signals).Concat(_captureOnly).OfType<TSignal>().Where(matches).Distinct();
}
