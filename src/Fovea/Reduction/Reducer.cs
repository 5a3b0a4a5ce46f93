namespace Fovea.Reduction;

/// <summary>
/// A method of token reduction. It says where it acts and what it looks at there, and maps a context to a token map. It knows no model, no cache and no
/// other method, and keeps nothing between requests; one instance may serve many requests at once.
/// </summary>
public abstract class Reducer
{
    /// <summary>The budget that the method's own options ask for, or none.</summary>
    public virtual TokenBudget? OwnBudget => null;

    /// <summary>Where the method acts on a model of this shape, with what it looks at.</summary>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it and its range.</exception>
    public abstract IReadOnlyList<StageRequest> Stages(ModelShape shape);

    /// <summary>Decides. Called only when there are more candidates than the budget keeps; the result must keep at least one.</summary>
    public abstract TokenMap Reduce(ReductionContext context);
}
