namespace Fovea.Reduction;

/// <summary>A method's wish to act at a stage.</summary>
/// <param name="Stage">Where.</param>
/// <param name="Signals">What it looks at there.</param>
public sealed record StageRequest(Stage Stage, params IReadOnlyList<Signal> Signals)
{
    /// <summary>Which tokens are decided about together.</summary>
    public ReductionScope Scope { get; init; } = ReductionScope.Prompt;

    /// <summary>Whether class tokens and row ends are candidates too; otherwise they stay.</summary>
    public bool TakesSpecialTokens { get; init; }

    /// <summary>
    /// Whether a decoder stage stands directly behind the layer in front of it, before that layer's DeepStack features are added to the visual tokens. Where
    /// a model has none it makes no difference.
    /// </summary>
    public bool BeforeDeepStack { get; init; }
}
