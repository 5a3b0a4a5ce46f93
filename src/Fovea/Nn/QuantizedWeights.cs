namespace Fovea.Nn;

/// <summary>What of a checkpoint is quantised.</summary>
/// <param name="Matrices">Canonical name → matrix.</param>
/// <param name="Demands">Whether the checkpoint says of a weight, by its canonical name, that it is quantised if a linear layer uses it.</param>
public sealed record QuantizedWeights(IReadOnlyDictionary<string, QuantizedWeight> Matrices, Func<string, bool> Demands)
{
    /// <summary>Nothing.</summary>
    public static readonly QuantizedWeights None = new(new Dictionary<string, QuantizedWeight>(), _ => false);
}
