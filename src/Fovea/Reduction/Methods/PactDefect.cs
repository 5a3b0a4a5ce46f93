namespace Fovea.Reduction.Methods;

/// <summary>Defects of orailix/PACT that its numbers depend on, by the names under which <c>compatibility</c> takes them. None is on unless named.</summary>
public static class PactDefect
{
    /// <summary>Norm-only pruning keeps scores above that of the last one to keep: one fewer than asked.</summary>
    public const string NormKeepsOneFewer = "norm-keeps-one-fewer";

    /// <summary>LLaVA path: a share that rounds to nothing keeps everything above the smallest score.</summary>
    public const string KeepZeroKeepsAllButMinimum = "keep-zero-keeps-all-but-minimum";

    /// <summary>Qwen2-VL path: a share that rounds to nothing keeps everything.</summary>
    public const string KeepZeroKeepsAll = "keep-zero-keeps-all";

    /// <summary>LLaVA path with <c>avoid_numerical_instability_prune</c> off: one fewer than asked.</summary>
    public const string StrictThresholdKeepsOneFewer = "strict-threshold-keeps-one-fewer";

    /// <summary>Qwen2-VL path: of equal scores the higher index wins.</summary>
    public const string TiesHighestIndexFirst = "ties-highest-index-first";

    /// <summary>With <c>coef_pruned</c> below 1, kept tokens farther than the recovery radius from their centre are dropped.</summary>
    public const string CoefBelowOneDropsKept = "coef-below-one-drops-kept";

    /// <summary>DPC with a share that gives no centre leaves one token, the last, as the mean of all.</summary>
    public const string ZeroCentresKeepLastToken = "zero-centres-keep-last-token";

    /// <summary>Qwen2-VL path: mean positions are one number for all axes and are noted without any effect on attention.</summary>
    public const string MropeScalarMeanPosition = "mrope-scalar-mean-position";

    /// <summary>The example of custom merging returns the representatives unmerged.</summary>
    public const string ExampleHookDoesNotMerge = "example-hook-does-not-merge";

    /// <summary>Sizes are kept as logarithms in half precision: a token of 100 weighs as 100.03.</summary>
    public const string HalfPrecisionSizes = "half-precision-sizes";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        NormKeepsOneFewer, KeepZeroKeepsAllButMinimum, KeepZeroKeepsAll, StrictThresholdKeepsOneFewer, TiesHighestIndexFirst, CoefBelowOneDropsKept,
        ZeroCentresKeepLastToken, MropeScalarMeanPosition, ExampleHookDoesNotMerge, HalfPrecisionSizes,
    ];

    /// <summary>The names in a text that separates them by commas.</summary>
    /// <exception cref="ArgumentException">An unknown name.</exception>
    public static IReadOnlySet<string> Parse(string text)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        return names.FirstOrDefault(name => !All.Contains(name)) is { } unknown
            ? throw new ArgumentException($"compatibility names '{unknown}'; known are {string.Join(", ", All)}.")
            : names;
    }
}
