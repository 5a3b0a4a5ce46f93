namespace Fovea.Reduction;

/// <summary>One method in a plan.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Reducer">The method.</param>
/// <param name="Budget">How much it keeps; none = what the method's own options say.</param>
public sealed record PlanStep(string Name, Reducer Reducer, TokenBudget? Budget)
{
    /// <summary>The budget in force.</summary>
    /// <exception cref="ArgumentException">There is none, or there are two.</exception>
    public TokenBudget EffectiveBudget => (Budget, Reducer.OwnBudget) switch
    {
        ({ } budget, null) => budget,
        (null, { } own) => own,
        (null, null) when !Reducer.UsesBudget => TokenBudget.KeepRatio(1),
        (_, _) when !Reducer.UsesBudget => throw new ArgumentException($"The method {Name} decides by its own options how much it keeps; it takes no budget beside them."),
        (null, null) => throw new ArgumentException($"The method {Name} needs a budget: say how many tokens to keep, or set the method's own option for it."),
        _ => throw new ArgumentException($"The method {Name} is given two budgets, {Budget} and {Reducer.OwnBudget} by its own option; give one."),
    };
}
