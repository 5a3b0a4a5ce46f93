using Fovea.Imaging;
using Fovea.Models;
using Fovea.Reduction;

namespace Fovea.Generation;

/// <summary>One prompt and how to answer it.</summary>
public sealed record GenerationRequest
{
    /// <summary>The whole prompt text, with one placeholder per picture and per video.</summary>
    public required string Prompt { get; init; }

    /// <summary>The pictures, in the order of the image placeholders.</summary>
    public IReadOnlyList<Image> Images { get; init; } = [];

    /// <summary>The videos, in the order of the video placeholders.</summary>
    public IReadOnlyList<VisualItem> Videos { get; init; } = [];

    /// <summary>Token reduction.</summary>
    public ReductionPlan Plan { get; init; } = ReductionPlan.None;

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Most tokens to generate, at least 1.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>Texts that end the answer; they are not part of it.</summary>
    public IReadOnlyList<string> StopTexts { get; init; } = [];

    /// <summary>Ids that end the answer; none = the model's own, and the texts that end its turns.</summary>
    public IReadOnlyList<int>? EndTokens { get; init; }

    /// <summary>A sequence to go on from, or none for a new one. What its cache shares with the prompt is not computed again.</summary>
    public Sequence? Sequence { get; init; }

    /// <summary>Told every new piece of text as it comes.</summary>
    public Action<string>? OnText { get; init; }
}
