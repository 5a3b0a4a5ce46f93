using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Generation;

/// <summary>
/// One method at one stage of one request: leaves special tokens out, cuts the rest into the groups that the method decides about, asks it, and joins the
/// answers into one map over all visual tokens.
/// </summary>
internal sealed class StageDecision(
    Compute compute, StageRequest request, PlanStep step, TokenBudget budget, ModelShape shape, ulong seed, ForwardState state)
{
    /// <summary>The visual tokens at this stage.</summary>
    public required Geometry Geometry { get; init; }

    /// <summary>Their indices among the unreduced ones.</summary>
    public required int[] Originals { get; init; }

    /// <summary>Those.</summary>
    public required Geometry Unreduced { get; init; }

    /// <summary>How many original tokens each stands for; empty = one each.</summary>
    public float[] Sizes { get; init; } = [];

    /// <summary>Their rows.</summary>
    public required Func<Tensor> Values { get; init; }

    /// <summary>Signals captured on the way, or made where the stage acts.</summary>
    public required Func<Signal, CapturedSignal?> Captured { get; init; }

    /// <summary>The map over all visual tokens.</summary>
    /// <exception cref="InvalidOperationException">The method's answer does not fit.</exception>
    public TokenMap Decide(out string note)
    {
        int[] candidates = Candidates(Geometry);
        note = budget.IsCount && !budget.IsPerGroup && budget.Of(int.MaxValue) > candidates.Length
            ? $"asked to keep {budget} of {candidates.Length} visual tokens: all are kept"
            : "";
        if (candidates.Length == 0 || (step.Reducer.UsesBudget && budget.IsWhole))
        {
            return TokenMap.Identity(Geometry.Count);
        }

        var decided = new List<(int[] Group, TokenMap Map)>();
        int before = 0;
        foreach (int[] group in Groups(candidates))
        {
            decided.Add((group, DecideGroup(group, budget.Share(candidates.Length, before, group.Length))));
            before += group.Length;
        }

        bool whole = decided is [var (only, _)] && only.Length == Geometry.Count;
        return whole || request.Scope == ReductionScope.Sequence ? decided[0].Map : Join(decided);
    }

    /// <summary>The maps of all groups as one over all visual tokens; what is in no group stays.</summary>
    private TokenMap Join(List<(int[] Group, TokenMap Map)> decided)
    {
        var rows = new List<(int Place, int[] Columns, float[] Weights, float Size)>();
        var grouped = new HashSet<int>(decided.SelectMany(group => group.Group));
        rows.AddRange(Enumerable.Range(0, Geometry.Count).Where(token => !grouped.Contains(token)).Select(token => (token, new[] { token }, new[] { 1f }, Sizes.Length == 0 ? 1 : Sizes[token])));
        foreach (var (group, map) in decided)
        {
            float[] sizes = map.Sizes(Array.ConvertAll(group, token => Sizes.Length == 0 ? 1 : Sizes[token]));
            for (int row = 0; row < map.Outputs; row++)
            {
                var entries = map.Offsets[row]..map.Offsets[row + 1];
                rows.Add((group[map.Representatives[row]], Array.ConvertAll(map.Columns[entries].ToArray(), column => group[column]), map.Weights[entries].ToArray(), sizes[row]));
            }
        }

        var joined = new TokenMapBuilder(Geometry.Count);
        var ordered = rows.OrderBy(row => row.Place).ToList();
        foreach (var (place, columns, weights, _) in ordered)
        {
            for (int e = 0; e < columns.Length; e++)
            {
                joined.Add(columns[e], weights[e]);
            }

            joined.EndRow(place);
        }

        var all = joined.Build();
        all = decided.Exists(group => group.Map.HasSizes) ? all.WithSizes([.. ordered.Select(row => row.Size)]) : all;
        return decided.Exists(group => group.Map.MeansPositions) ? all.WithMeanPositions() : all;
    }

    private TokenMap DecideGroup(int[] group, TokenBudget share)
    {
        int count = group.Length;
        if (step.Reducer.UsesBudget && share.Of(count) >= count)
        {
            return TokenMap.Identity(count);
        }

        var context = new ReductionContext
        {
            Stage = request.Stage,
            Shape = shape,
            Geometry = Geometry.Select(group),
            Budget = share,
            Signals = request.Signals.ToDictionary(signal => signal, signal => Value(signal, group)),
            CandidateColumns = request.Signals.Where(HasColumns).ToDictionary(signal => signal, signal => Columns(signal, group)),
            Originals = Array.ConvertAll(group, token => Originals[token]),
            UnreducedCount = Candidates(Unreduced).Length,
            Sizes = Sizes.Length == 0 ? default : Array.ConvertAll(group, token => Sizes[token]),
            Seed = seed,
            Compute = compute,
            State = state,
        };
        var map = step.Reducer.Reduce(context);
        bool fits = map.Inputs == count || request.Scope == ReductionScope.Sequence;
        return fits && map.Outputs <= map.Inputs && (map.Outputs > 0 || !step.Reducer.UsesBudget)
            ? map
            : throw new InvalidOperationException($"it mapped {map.Inputs} tokens to {map.Outputs}; it was given {count} and must keep at least one");
    }

    private Tensor Value(Signal signal, int[] group)
    {
        if (signal is Signal.FeaturesSignal)
        {
            var values = Values();
            return group.Length == values.Rows ? values : Gather(values, group);
        }

        var captured = Find(signal).Values;
        if (signal is not Signal.EncoderAttentionSignal)
        {
            return captured;
        }

        int[] columns = Columns(signal, group);
        var selected = compute.Rent(captured.Rows, group.Length);
        for (int head = 0; head < captured.Rows; head++)
        {
            var from = captured.Row<float>(head);
            var to = selected.Row<float>(head);
            for (int i = 0; i < group.Length; i++)
            {
                to[i] = from[columns[i]];
            }
        }

        return selected;
    }

    private int[] Columns(Signal signal, int[] group)
    {
        var columns = Find(signal).Columns;
        return Array.ConvertAll(group, token => columns[token]);
    }

    private static bool HasColumns(Signal signal) => signal is not (Signal.FeaturesSignal or Signal.EncoderAttentionSignal or Signal.InstructionEmbeddingsSignal);

    private CapturedSignal Find(Signal signal) => Captured(signal)
        ?? throw new InvalidOperationException($"it asks for {signal}, which does not exist there");

    private Tensor Gather(Tensor values, int[] rows)
    {
        var gathered = compute.Rent(rows.Length, values.RowLength);
        compute.Gather(values, rows, gathered);
        return gathered;
    }

    private int[] Candidates(Geometry geometry)
    {
        var candidates = new List<int>(geometry.Count);
        for (int token = 0; token < geometry.Count; token++)
        {
            if (request.TakesSpecialTokens || geometry[token].Kind == VisualTokenKind.Patch)
            {
                candidates.Add(token);
            }
        }

        return [.. candidates];
    }

    private IEnumerable<int[]> Groups(int[] candidates) => request.Scope switch
    {
        ReductionScope.Prompt or ReductionScope.Sequence => [candidates],
        ReductionScope.Grid => candidates.GroupBy(token => Geometry[token].Grid).Select(group => group.ToArray()),
        _ => candidates.GroupBy(token => Geometry[token].Tile).Select(group => group.ToArray()),
    };
}
