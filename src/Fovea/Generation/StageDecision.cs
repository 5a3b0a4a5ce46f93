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

    /// <summary>Their rows.</summary>
    public required Func<Tensor> Values { get; init; }

    /// <summary>Signals captured on the way.</summary>
    public required IReadOnlyDictionary<Signal, CapturedSignal> Captured { get; init; }

    /// <summary>The map over all visual tokens.</summary>
    /// <exception cref="InvalidOperationException">The method's answer does not fit; the message names it and the stage.</exception>
    public TokenMap Decide(out string note)
    {
        int[] candidates = Candidates();
        note = budget.IsCount && !budget.IsPerGroup && budget.Of(int.MaxValue) > candidates.Length
            ? $"asked to keep {budget} of {candidates.Length} visual tokens: all are kept"
            : "";
        if (candidates.Length == 0 || budget.IsWhole)
        {
            return TokenMap.Identity(Geometry.Count);
        }

        var joined = new TokenMapBuilder(candidates.Length);
        foreach (var (start, count) in Groups(candidates))
        {
            joined.Append(DecideGroup(candidates, start, count), start);
        }

        return joined.Build().Within(Geometry.Count, candidates);
    }

    private TokenMap DecideGroup(int[] candidates, int start, int count)
    {
        var share = budget.Share(candidates.Length, start, count);
        if (share.Of(count) >= count)
        {
            return TokenMap.Identity(count);
        }

        int[] group = candidates[start..(start + count)];
        var context = new ReductionContext
        {
            Stage = request.Stage,
            Shape = shape,
            Geometry = Geometry.Select(group),
            Budget = share,
            Signals = request.Signals.ToDictionary(signal => signal, signal => Value(signal, group)),
            CandidateColumns = request.Signals.Where(signal => signal is Signal.AttentionRowsSignal).ToDictionary(signal => signal, signal => Columns(signal, group)),
            Seed = seed,
            Compute = compute,
            State = state,
        };
        var map = step.Reducer.Reduce(context);
        return map.Inputs == count && map.Outputs > 0
            ? map
            : throw new InvalidOperationException($"The method {step.Name} at {request.Stage} mapped {map.Inputs} tokens to {map.Outputs}; it was given {count} and must keep at least one.");
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
        return Array.ConvertAll(group, token => columns[Originals[token]]);
    }

    private CapturedSignal Find(Signal signal) => Captured.TryGetValue(signal, out var captured)
        ? captured
        : throw new InvalidOperationException($"The method {step.Name} asks for {signal} at {request.Stage}, where it does not exist.");

    private Tensor Gather(Tensor values, int[] rows)
    {
        var gathered = compute.Rent(rows.Length, values.RowLength);
        compute.Gather(values, rows, gathered);
        return gathered;
    }

    private int[] Candidates()
    {
        var candidates = new List<int>(Geometry.Count);
        for (int token = 0; token < Geometry.Count; token++)
        {
            if (Geometry[token].Kind == VisualTokenKind.Patch)
            {
                candidates.Add(token);
            }
        }

        return [.. candidates];
    }

    private IEnumerable<(int Start, int Count)> Groups(int[] candidates)
    {
        if (request.Scope == ReductionScope.Prompt)
        {
            yield return (0, candidates.Length);
            yield break;
        }

        int start = 0;
        for (int i = 1; i <= candidates.Length; i++)
        {
            if (i == candidates.Length || Geometry[candidates[i]].Tile != Geometry[candidates[start]].Tile)
            {
                yield return (start, i - start);
                start = i;
            }
        }
    }
}
