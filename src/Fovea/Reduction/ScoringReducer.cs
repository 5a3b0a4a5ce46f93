using Fovea.Tensors.Kernels;

namespace Fovea.Reduction;

/// <summary>
/// A method that gives every candidate a score and keeps the best. Of equal scores the lower index wins; NaN loses against everything.
/// Output is in ascending order.
/// </summary>
public abstract class ScoringReducer : Reducer
{
    /// <summary>How a share becomes a count.</summary>
    protected virtual RatioRounding Rounding => RatioRounding.HalfEven;

    /// <summary>The score of every candidate; higher is kept.</summary>
    /// <param name="context">What the method is told.</param>
    /// <param name="scores">[candidates], to be written.</param>
    public abstract void Score(ReductionContext context, Span<float> scores);

    /// <inheritdoc/>
    public sealed override TokenMap Reduce(ReductionContext context)
    {
        var scores = new float[context.Count];
        Score(context, scores);
        return Map(context, scores, Select(context, scores));
    }

    /// <summary>Which candidates stay, ascending: the best, as many as the budget says.</summary>
    /// <param name="context">What the method is told.</param>
    /// <param name="scores">[candidates].</param>
    protected virtual int[] Select(ReductionContext context, ReadOnlySpan<float> scores) =>
        TopK.Ascending(scores, context.Budget.Of(scores.Length, Rounding));

    /// <summary>What becomes of the candidates; unless overridden, those that were not kept are dropped.</summary>
    /// <param name="context">What the method is told.</param>
    /// <param name="scores">[candidates].</param>
    /// <param name="kept">The candidates that stay, ascending.</param>
    protected virtual TokenMap Map(ReductionContext context, ReadOnlySpan<float> scores, int[] kept) => TokenMap.Keep(scores.Length, kept);
}
