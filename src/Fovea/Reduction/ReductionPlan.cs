namespace Fovea.Reduction;

/// <summary>The reductions of a run, and what belongs to the run rather than to a method. Immutable; an empty plan changes nothing.</summary>
public sealed record ReductionPlan
{
    /// <summary>No reduction.</summary>
    public static ReductionPlan None { get; } = new();

    /// <summary>The methods; several may act at different stages (a different method per layer is a plan with several steps).</summary>
    public IReadOnlyList<PlanStep> Steps { get; init; } = [];

    /// <summary>Positions after a reduction.</summary>
    public PositionPolicy Positions { get; init; } = PositionPolicy.Keep;

    /// <summary>What earlier layers do with the entries of dropped tokens.</summary>
    public CachePolicy Cache { get; init; } = CachePolicy.Keep;

    /// <summary>Whether a merged token counts in attention as many times as the tokens it stands for: ln(size) is added to its scores.</summary>
    public bool ProportionalAttention { get; init; }

    /// <summary>The seed of everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>A plan of one method from the catalogue.</summary>
    /// <param name="method">Its name.</param>
    /// <param name="budget">How much to keep, or none if an option says it.</param>
    /// <param name="settings">Options as name and value texts.</param>
    /// <exception cref="ArgumentException">Unknown method or option, or a value out of range.</exception>
    public static ReductionPlan Of(string method, TokenBudget? budget = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var reducer = KnownReducers.Find(method).Create(settings ?? new Dictionary<string, string>());
        return reducer.Adjust(new ReductionPlan { Steps = [new PlanStep(method, reducer, budget)] });
    }
}
