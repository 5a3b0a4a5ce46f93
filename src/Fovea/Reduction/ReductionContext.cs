using Fovea.Models;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Reduction;

/// <summary>
/// Everything a method is told at one stage: the candidates, the budget and the signals it asked for. Candidates are the visual tokens that may be
/// reduced, counted from 0; special tokens are not among them.
/// </summary>
public sealed class ReductionContext
{
    /// <summary>Where this is.</summary>
    public required Stage Stage { get; init; }

    /// <summary>The model's numbers, as <see cref="Reducer.Stages"/> saw them.</summary>
    public required ModelShape Shape { get; init; }

    /// <summary>Where each candidate stands in its picture.</summary>
    public required Geometry Geometry { get; init; }

    /// <summary>How many candidates to keep.</summary>
    public required TokenBudget Budget { get; init; }

    /// <summary>The values of the signals that were asked for.</summary>
    public required IReadOnlyDictionary<Signal, Tensor> Signals { private get; init; }

    /// <summary>For each attention-row signal the column of each candidate.</summary>
    public IReadOnlyDictionary<Signal, int[]> CandidateColumns { private get; init; } = new Dictionary<Signal, int[]>();

    /// <summary>The index of each candidate among the unreduced visual tokens, by which per-token notes in <see cref="State"/> find their token again.</summary>
    public ReadOnlyMemory<int> Originals { get; init; }

    /// <summary>How many candidates the prompt had before any reduction.</summary>
    public int UnreducedCount { get; init; }

    /// <summary>How many original tokens each candidate stands for; empty = one each.</summary>
    public ReadOnlyMemory<float> Sizes { get; init; }

    /// <summary>The seed of everything random in this request.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where to compute; what is rented there is released after the decision.</summary>
    public required Compute Compute { get; init; }

    /// <summary>What the stages of one forward pass tell each other; gone when the pass ends.</summary>
    public ForwardState State { get; init; } = new();

    /// <summary>The number of candidates.</summary>
    public int Count => Geometry.Count;

    /// <summary>The value of a signal; its documentation gives the shape.</summary>
    /// <exception cref="InvalidOperationException">The method did not ask for it at this stage.</exception>
    public Tensor this[Signal signal] => Signals.TryGetValue(signal, out var value)
        ? value
        : throw new InvalidOperationException($"{signal} was not asked for at stage {Stage}; name it in the stage request.");

    /// <summary>For each candidate its column in the rows of an attention-row signal.</summary>
    /// <exception cref="InvalidOperationException">The method did not ask for the signal at this stage, or it has no columns.</exception>
    public ReadOnlySpan<int> Columns(Signal signal) => CandidateColumns.TryGetValue(signal, out var columns)
        ? columns
        : throw new InvalidOperationException($"{signal} has no columns at stage {Stage}.");
}
