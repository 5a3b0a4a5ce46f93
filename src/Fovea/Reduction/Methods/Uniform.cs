using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Reduction.Methods;

/// <summary>How <see cref="Uniform"/> spreads its choice.</summary>
public enum UniformMode
{
    /// <summary>Every so many tokens of the list.</summary>
    Stride,

    /// <summary>Rows and columns of a smaller grid.</summary>
    Grid,

    /// <summary>The places whose row and column add up to an even number.</summary>
    Checkerboard,
}

/// <summary>Which place of its cell a grid token is.</summary>
public enum GridOrigin
{
    /// <summary>The first.</summary>
    Corner,

    /// <summary>The middle one.</summary>
    Center,
}

/// <summary>Options of <see cref="Uniform"/>.</summary>
public sealed record UniformOptions
{
    /// <summary>The pattern.</summary>
    [Description("stride: index floor(i*N/T); grid: row floor(i*h/th), column floor(j*w/tw) of every tile; checkerboard: row + column even, about half of every tile")]
    public UniformMode Mode { get; init; }

    /// <summary>th, tw.</summary>
    [Description("rows and columns of the grid, in place of a budget; not set = the largest grid within the budget")]
    public IReadOnlyList<int>? Target { get; init; }

    /// <summary>The place within a cell.</summary>
    [Description("grid: whether a cell is represented by its first place or its middle one, floor((2i+1)*h/(2*th))")]
    public GridOrigin Origin { get; init; }
}

/// <summary>A regular choice that looks at nothing. Source: ours by definition.</summary>
public sealed class Uniform : Reducer
{
    private readonly UniformOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public Uniform(UniformOptions options)
    {
        TargetGrid.Check(options.Target);
        if (options.Target is not null && options.Mode != UniformMode.Grid)
        {
            throw new ArgumentException("target goes with mode=grid.");
        }

        _options = options;
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "uniform", "keeps tokens at regular distances", "ours (baseline)", UniformJson.Default.UniformOptions, options => new Uniform(options));

    /// <inheritdoc/>
    public override TokenBudget? OwnBudget => (_options.Mode, _options.Target) switch
    {
        (UniformMode.Grid, { } target) => TokenBudget.KeepCountEach(target[0] * target[1]),
        (UniformMode.Checkerboard, _) => TokenBudget.KeepRatio(0.5),
        _ => null,
    };

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) =>
        [new StageRequest(Stage.BeforeProjector) { Scope = _options.Mode == UniformMode.Stride ? ReductionScope.Prompt : ReductionScope.Grid }];

    /// <inheritdoc/>
    public override TokenMap Reduce(ReductionContext context) => _options.Mode switch
    {
        UniformMode.Stride => Stride(context.Count, context.Budget.Of(context.Count)),
        UniformMode.Grid => Grid(context),
        _ => Checkerboard(context),
    };

    private static TokenMap Stride(int count, int keep)
    {
        var kept = new int[keep];
        for (int i = 0; i < keep; i++)
        {
            kept[i] = (int)((long)i * count / keep);
        }

        return TokenMap.Keep(count, kept);
    }

    private TokenMap Grid(ReductionContext context)
    {
        var (rows, columns) = TargetGrid.Whole(context, "uniform");
        var (targetRows, targetColumns) = _options.Target is { } target
            ? (Math.Min(target[0], rows), Math.Min(target[1], columns))
            : TargetGrid.Fit(rows, columns, context.Budget.Of(context.Count));
        var kept = new int[targetRows * targetColumns];
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = (Place(i / targetColumns, rows, targetRows) * columns) + Place(i % targetColumns, columns, targetColumns);
        }

        return TokenMap.Keep(context.Count, kept);
    }

    private static TokenMap Checkerboard(ReductionContext context)
    {
        var kept = new List<int>();
        for (int i = 0; i < context.Count; i++)
        {
            var token = context.Geometry[i];
            if ((token.Row + token.Column) % 2 == 0)
            {
                kept.Add(i);
            }
        }

        return TokenMap.Keep(context.Count, [.. kept]);
    }

    private int Place(int index, int whole, int target) => _options.Origin == GridOrigin.Corner ? index * whole / target : ((2 * index) + 1) * whole / (2 * target);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(SnakeCaseEnumConverter<UniformMode>), typeof(SnakeCaseEnumConverter<GridOrigin>)])]
[JsonSerializable(typeof(UniformOptions))]
internal sealed partial class UniformJson : JsonSerializerContext;
