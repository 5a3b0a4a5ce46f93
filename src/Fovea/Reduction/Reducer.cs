namespace Fovea.Reduction;

/// <summary>
/// A method of token reduction. It says where it acts and what it looks at there, and maps a context to a token map. It knows no model, no cache and no
/// other method, and keeps nothing between requests; one instance may serve many requests at once.
/// </summary>
public abstract class Reducer
{
    private static long _made;

    /// <summary>Tells methods apart: equal where the catalogue made the same method with the same options, else the instance's own.</summary>
    internal string Identity { get; set; } = $"#{Interlocked.Increment(ref _made)}";

    /// <summary>The budget that the method's own options ask for, or none.</summary>
    public virtual TokenBudget? OwnBudget => null;

    /// <summary>Where the method acts on a model of this shape, with what it looks at.</summary>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it and its range.</exception>
    public abstract IReadOnlyList<StageRequest> Stages(ModelShape shape);

    /// <summary>Refuses a decoder of so many layers if an option does not fit it, as <see cref="Stages"/> would: asked before weights are loaded.</summary>
    /// <exception cref="ArgumentException">An option does not fit; the message names it and its range.</exception>
    public virtual void CheckDecoder(int layers)
    {
    }

    /// <summary>
    /// Whether the budget decides how much stays. If not, the method decides by its own options, is given the whole as its budget, is always called, and may
    /// drop everything.
    /// </summary>
    public virtual bool UsesBudget => true;

    /// <summary>A plan with what the method's own options say about policies of the run, such as positions.</summary>
    public virtual ReductionPlan Adjust(ReductionPlan plan) => plan;

    /// <summary>Decides. A method that uses the budget is called only when there are more candidates than it keeps, and must keep at least one.</summary>
    public abstract TokenMap Reduce(ReductionContext context);
}
