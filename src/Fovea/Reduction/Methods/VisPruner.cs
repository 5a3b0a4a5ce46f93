using System.ComponentModel;
using System.Text.Json.Serialization;
using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Methods;

/// <summary>Whose rules <see cref="VisPruner"/> follows.</summary>
public enum VisPrunerRules
{
    /// <summary>Its authors': before the projector, by the attention of the block that makes the features, duplicates dropped from the most alike down.</summary>
    Authors,

    /// <summary>PriorTR's port: behind the projector, by the last block's attention, the least alike first.</summary>
    Priortr,
}

/// <summary>Options of <see cref="VisPruner"/>, named as its authors name them, and beside them those of PriorTR's port.</summary>
public sealed record VisPrunerOptions
{
    /// <summary>T.</summary>
    [Description("T: visual tokens kept of every tile (of every picture under priortr's rules), at least 1; the paper's knob in place of a budget")]
    public int? VisualTokenNum { get; init; }

    /// <summary>Share of the important.</summary>
    [Description("share of what is kept that is chosen for its attention, in (0, 1]; the rest is chosen for its variety")]
    public double ImportantRatio { get; init; } = 0.5;

    /// <summary>Batch.</summary>
    [Description("duplicates dropped in a round, at least 1")]
    public int Batch { get; init; } = 8;

    /// <summary>Rules.</summary>
    [Description("whose rules: the authors', or those of the port in PriorTR's framework")]
    public VisPrunerRules Rules { get; init; }
}

/// <summary>
/// VisPruner (arXiv 2412.01818 v2; Theia-4869/VisPruner): half of what is kept has the most attention in the vision encoder, half is what remains of the rest
/// when near-duplicates are dropped round by round. The order of the list between rounds is part of the method. Source of the port: CodeChildCZJ/PriorTR.
/// </summary>
public sealed class VisPruner : Reducer
{
    private readonly VisPrunerOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public VisPruner(VisPrunerOptions options)
    {
        if (options.VisualTokenNum < 1 || options.Batch < 1)
        {
            throw new ArgumentException($"visual_token_num is {options.VisualTokenNum} and batch is {options.Batch}; they are at least 1.");
        }

        _options = options.ImportantRatio is > 0 and <= 1
            ? options
            : throw new ArgumentException($"important_ratio is {options.ImportantRatio}; it lies in (0, 1].");
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "vispruner", "keeps what the vision encoder attends to most, and the most varied of the rest", "arXiv 2412.01818 v2, Theia-4869/VisPruner; port in CodeChildCZJ/PriorTR",
        VisPrunerJson.Default.VisPrunerOptions, options => new VisPruner(options));

    /// <inheritdoc/>
    public override TokenBudget? OwnBudget => _options.VisualTokenNum is { } count ? TokenBudget.KeepCountEach(count) : null;

    private bool IsPort => _options.Rules == VisPrunerRules.Priortr;

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) =>
    [
        new StageRequest(IsPort ? Stage.AfterProjector : Stage.BeforeProjector, Attention(shape), Signal.Features)
        {
            Scope = IsPort ? ReductionScope.Grid : ReductionScope.Tile,
        },
    ];

    /// <inheritdoc/>
    public override TokenMap Reduce(ReductionContext context)
    {
        var (important, diverse) = Choose(context);
        int[] kept = [.. important, .. diverse];
        Array.Sort(kept);
        return TokenMap.Keep(context.Count, kept);
    }

    /// <summary>What is kept for its attention, the most first, and what for its variety, in the order of the last round.</summary>
    public (int[] Important, int[] Diverse) Choose(ReductionContext context)
    {
        var importance = new float[context.Count];
        HeadMean.Of(context[Attention(context.Shape)], importance);
        int[] order = TopK.Descending(importance, importance.Length);
        int kept = context.Budget.Of(context.Count, RatioRounding.Truncate);
        int important = Math.Max(IsPort ? 1 : 0, (int)(kept * _options.ImportantRatio));
        return (order[..important], Diverse(context, order[important..], kept - important));
    }

    private Signal Attention(ModelShape shape) => Signal.EncoderAttention(IsPort ? shape.EncoderBlocks - 1 : shape.FeatureBlock);

    /// <summary>
    /// Rounds over the list: of its even places those that are most like an odd place are dropped, the rest goes in front of the odd ones in the order of
    /// likeness. If a round of the port would drop more than there are even places, it keeps as many as a slice that counts from the end does.
    /// </summary>
    private int[] Diverse(ReductionContext context, int[] list, int target)
    {
        if (target == 0)
        {
            return [];
        }

        var unit = Unit(context);
        var similarity = context.Compute.Products(unit, unit);
        while (list.Length > target)
        {
            int[] even = [.. list.Where((_, place) => place % 2 == 0)], odd = [.. list.Where((_, place) => place % 2 == 1)];
            if (odd.Length == 0)
            {
                break;
            }

            int drop = Math.Min(_options.Batch, list.Length - target);
            float[] likeness = Array.ConvertAll(even, token => odd.Max(other => similarity.Row<float>(token)[other]));
            var ordered = even.Zip(likeness);
            var rest = IsPort
                ? ordered.OrderBy(token => token.Second).Take(drop <= even.Length ? even.Length - drop : Math.Max(0, (2 * even.Length) - drop))
                : ordered.OrderByDescending(token => token.Second).Skip(drop);
            list = [.. rest.Select(token => token.First), .. odd];
        }

        return list[..Math.Min(target, list.Length)];
    }

    private static Tensor Unit(ReductionContext context)
    {
        var features = context[Signal.Features];
        var unit = context.Compute.Rent(features.Rows, features.RowLength);
        for (int i = 0; i < features.Rows; i++)
        {
            TensorPrimitives.Divide(features.Row<float>(i), TensorPrimitives.Norm<float>(features.Row<float>(i)) + 1e-8f, unit.Row<float>(i));
        }

        return unit;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(SnakeCaseEnumConverter<VisPrunerRules>)])]
[JsonSerializable(typeof(VisPrunerOptions))]
internal sealed partial class VisPrunerJson : JsonSerializerContext;
