namespace Fovea.Reduction;

/// <summary>A method's wish to act at a stage.</summary>
/// <param name="Stage">Where.</param>
/// <param name="Signals">What it looks at there.</param>
public sealed record StageRequest(Stage Stage, params IReadOnlyList<Signal> Signals)
{
    /// <summary>Which tokens are decided about together.</summary>
    public ReductionScope Scope { get; init; } = ReductionScope.Prompt;
}
