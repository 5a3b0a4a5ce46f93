namespace Fovea.Models;

/// <summary>A language model's mixture of experts, under the names of <c>config.json</c>.</summary>
public sealed record MixtureConfig
{
    /// <summary>Experts per layer.</summary>
    public required int NumExperts { get; init; }

    /// <summary>Experts that each token goes through.</summary>
    public required int NumExpertsPerTok { get; init; }

    /// <summary>Width inside one expert.</summary>
    public required int MoeIntermediateSize { get; init; }

    /// <summary>For every layer whether its feed-forward block is a mixture.</summary>
    public required IReadOnlyList<bool> Layers { get; init; }
}
