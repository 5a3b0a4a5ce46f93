using Fovea.Generation;
using Fovea.Reduction;

namespace Fovea;

/// <summary>How a question is answered. The defaults: every visual token, greedy, at most 256 new tokens.</summary>
public sealed record AnswerOptions
{
    /// <summary>Token reduction.</summary>
    public ReductionPlan Plan { get; init; } = ReductionPlan.None;

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Most tokens to generate, at least 1.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>Texts that end the answer; they are not part of it.</summary>
    public IReadOnlyList<string> StopTexts { get; init; } = [];
}
