using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Reduction.Methods;

/// <summary>How <see cref="Pool"/> averages.</summary>
public enum PoolKind
{
    /// <summary>Square windows side by side.</summary>
    Average,

    /// <summary>Windows stretched to a target grid.</summary>
    Adaptive,

    /// <summary>Bilinear interpolation to a target grid.</summary>
    Bilinear,
}

/// <summary>Options of <see cref="Pool"/>.</summary>
public sealed record PoolOptions
{
    /// <summary>The kind.</summary>
    [Description("average: k x k windows, the last ones smaller; adaptive: rows floor(i*h/th) to ceil((i+1)*h/th)-1; bilinear: half-pixel centres, no antialiasing")]
    public PoolKind Kind { get; init; }

    /// <summary>k.</summary>
    [Description("average: side of a window, in place of a budget; not set = the smallest that meets the budget")]
    public int? Kernel { get; init; }

    /// <summary>th, tw.</summary>
    [Description("adaptive, bilinear: rows and columns, in place of a budget; not set = the largest grid within the budget")]
    public IReadOnlyList<int>? Target { get; init; }
}

/// <summary>Averages neighbouring projected tokens of every tile; output in raster order. Source: ours by definition, after the common pooling operations.</summary>
public sealed class Pool : Reducer
{
    private readonly PoolOptions _options;

    /// <summary>Creates the method.</summary>
    /// <exception cref="ArgumentException">An option is out of range or does not go with the kind.</exception>
    public Pool(PoolOptions options)
    {
        TargetGrid.Check(options.Target);
        if (options.Kernel is < 1)
        {
            throw new ArgumentException($"kernel is {options.Kernel}; it is at least 1.");
        }

        if (options.Kernel is not null && options.Kind != PoolKind.Average)
        {
            throw new ArgumentException("kernel goes with kind=average; the other kinds take target.");
        }

        if (options.Target is not null && options.Kind == PoolKind.Average)
        {
            throw new ArgumentException("target goes with kind=adaptive or kind=bilinear; average takes kernel.");
        }

        _options = options;
    }

    /// <summary>The catalogue entry.</summary>
    public static ReducerDescriptor Descriptor { get; } = ReducerDescriptor.Of(
        "pool", "averages neighbouring tokens", "ours (baseline)", PoolJson.Default.PoolOptions, options => new Pool(options));

    /// <inheritdoc/>
    public override TokenBudget? OwnBudget => _options switch
    {
        { Kernel: { } kernel } => TokenBudget.KeepRatio(1.0 / ((double)kernel * kernel)),
        { Target: { } target } => TokenBudget.KeepCountEach(target[0] * target[1]),
        _ => null,
    };

    /// <inheritdoc/>
    public override IReadOnlyList<StageRequest> Stages(ModelShape shape) => [new StageRequest(Stage.AfterProjector) { Scope = ReductionScope.Grid }];

    /// <inheritdoc/>
    public override TokenMap Reduce(ReductionContext context)
    {
        var (rows, columns) = TargetGrid.Whole(context, "pool");
        int keep = context.Budget.Of(context.Count);
        if (_options.Kind == PoolKind.Average)
        {
            int kernel = _options.Kernel ?? SmallestKernel(rows, columns, keep);
            return Map(context.Count, Windows(rows, kernel), Windows(columns, kernel), columns);
        }

        var (targetRows, targetColumns) = _options.Target is { } target ? (target[0], target[1]) : TargetGrid.Fit(rows, columns, keep);
        return _options.Kind == PoolKind.Adaptive
            ? Map(context.Count, Stretched(rows, targetRows), Stretched(columns, targetColumns), columns)
            : Map(context.Count, Interpolated(rows, targetRows), Interpolated(columns, targetColumns), columns);
    }

    private static int SmallestKernel(int rows, int columns, int keep)
    {
        int kernel = 1;
        while (Windowed(rows, kernel) * Windowed(columns, kernel) > keep)
        {
            kernel++;
        }

        return kernel;
    }

    private static int Windowed(int length, int kernel) => (length + kernel - 1) / kernel;

    private static (int Index, double Weight)[][] Windows(int length, int kernel) =>
        [.. Enumerable.Range(0, Windowed(length, kernel)).Select(i => Mean(i * kernel, Math.Min(length, (i + 1) * kernel)))];

    private static (int Index, double Weight)[][] Stretched(int length, int target) =>
        [.. Enumerable.Range(0, target).Select(i => Mean((int)((long)i * length / target), (int)((((long)(i + 1) * length) + target - 1) / target)))];

    private static (int Index, double Weight)[][] Interpolated(int length, int target) => [.. Enumerable.Range(0, target).Select(i =>
    {
        double source = Math.Max(((i + 0.5) * length / target) - 0.5, 0);
        int low = Math.Min((int)source, length - 1), high = Math.Min(low + 1, length - 1);
        double fraction = source - low;
        return high == low || fraction == 0 ? new[] { (low, 1.0) } : [(low, 1 - fraction), (high, fraction)];
    })];

    private static (int Index, double Weight)[] Mean(int start, int end) =>
        [.. Enumerable.Range(start, end - start).Select(index => (index, 1.0 / (end - start)))];

    private static TokenMap Map(int inputs, (int Index, double Weight)[][] rows, (int Index, double Weight)[][] columns, int width)
    {
        var builder = new TokenMapBuilder(inputs);
        foreach (var row in rows)
        {
            foreach (var column in columns)
            {
                foreach (var (y, weightY) in row)
                {
                    foreach (var (x, weightX) in column)
                    {
                        builder.Add((y * width) + x, (float)(weightY * weightX));
                    }
                }

                // The first place of the window, which raster order never lets fall.
                builder.EndRow((row[0].Index * width) + column[0].Index);
            }
        }

        return builder.Build();
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(SnakeCaseEnumConverter<PoolKind>)])]
[JsonSerializable(typeof(PoolOptions))]
internal sealed partial class PoolJson : JsonSerializerContext;
