namespace Fovea.Reduction.Methods;

/// <summary>One name that <c>--param</c> of PriorTR's runner takes.</summary>
/// <param name="Name">The name.</param>
/// <param name="Methods">The methods that it goes with.</param>
/// <param name="Choices">The values that it takes; none = any.</param>
public sealed record PriorTrParameter(string Name, IReadOnlyList<string> Methods, IReadOnlyList<string> Choices);
