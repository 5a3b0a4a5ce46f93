using System.ComponentModel;
using System.Text.Json.Serialization;
using Fovea.Tensors;

namespace Fovea.Reduction.Methods;

/// <summary>Options of <see cref="DivPrune"/>, named as its authors name them.</summary>
public sealed record DivPruneOptions
{
    /// <summary>The kept share.</summary>
    [Description("share of visual tokens that is kept, in (0, 1]; the paper's knob in place of a budget (0.098 there)")]
    public double? SubsetRatio { get; init; }
}

/// <summary>
/// DivPrune (arXiv 2503.02175): greedy max-min diversity of the projected tokens under the cosine distance. The first token is the one whose nearest
/// neighbour is farthest; every further one maximises its distance to the nearest chosen token. Of equal distances the lower index wins. Deviation: a chosen
/// token is never taken again, which the reference can do when tokens are identical. Cost: N²·D once, then N per pick.
/// </summary>
public sealed class DivPrune : Reducer
{
    private readonly DivPruneOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public DivPrune(DivPruneOptions options) => _options = options.SubsetRatio is null or (> 0 and <= 1)
        ? options
        : throw new ArgumentException($"subset_ratio is {options.SubsetRatio}; it is the kept share, in (0, 1].");

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "divprune", "keeps the most diverse tokens", "arXiv 2503.02175 (own implementation; the official code is not free)",
        DivPruneJson.Default.DivPruneOptions, options => new DivPrune(options));

    /// <inheritdoc/>
    public override TokenBudget? OwnBudget => _options.SubsetRatio is { } ratio ? TokenBudget.KeepRatio(ratio) : null;

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) => [new StageRequest(Stage.AfterProjector, Signal.Features)];

    /// <inheritdoc/>
    public override TokenMap Reduce(ReductionContext context)
    {
        int[] kept = Order(context, context.Budget.Of(context.Count), new float[context.Count]);
        Array.Sort(kept);
        return TokenMap.Keep(context.Count, kept);
    }

    /// <summary>The chosen tokens in the order of choice.</summary>
    /// <param name="context">What the method is told.</param>
    /// <param name="count">How many to choose.</param>
    /// <param name="nearest">Receives the distance of each token to its nearest other one, which decides the first choice.</param>
    public static int[] Order(ReductionContext context, int count, Span<float> nearest)
    {
        var unit = Unit(context);
        var similarity = context.Compute.Products(unit, unit);
        for (int i = 0; i < nearest.Length; i++)
        {
            var row = similarity.Row<float>(i);
            row[i] = float.NegativeInfinity;
            nearest[i] = 1 - System.Numerics.Tensors.TensorPrimitives.Max<float>(row);
        }

        // closest[j] is the largest similarity of j to a chosen token; a chosen token itself can no longer win.
        var closest = new float[nearest.Length];
        var order = new int[count];
        order[0] = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(nearest);
        similarity.Row<float>(order[0]).CopyTo(closest);
        closest[order[0]] = float.PositiveInfinity;
        for (int pick = 1; pick < count; pick++)
        {
            order[pick] = System.Numerics.Tensors.TensorPrimitives.IndexOfMin<float>(closest);
            System.Numerics.Tensors.TensorPrimitives.Max<float>(closest, similarity.Row<float>(order[pick]), closest);
            closest[order[pick]] = float.PositiveInfinity;
        }

        return order;
    }

    private static Tensor Unit(ReductionContext context)
    {
        var features = context[Signal.Features];
        var unit = context.Compute.Rent(features.Rows, features.RowLength);
        for (int i = 0; i < features.Rows; i++)
        {
            var row = features.Row<float>(i);
            float norm = System.Numerics.Tensors.TensorPrimitives.Norm<float>(row);
            System.Numerics.Tensors.TensorPrimitives.Divide<float>(row, norm > 0 ? norm : 1, unit.Row<float>(i));
        }

        return unit;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DivPruneOptions))]
internal sealed partial class DivPruneJson : JsonSerializerContext;
