using Fovea.Nn;

namespace Fovea.Models.Quantization;

/// <summary>What of a checkpoint is quantised.</summary>
/// <param name="Weights">Stored name of a module with <c>.weight</c> → its matrix.</param>
/// <param name="Absorbed">Stored tensors that are part of these matrices, or that inference does not need.</param>
/// <param name="Demands">Whether the config says of a linear layer's stored <c>.weight</c> that it is quantised.</param>
internal sealed record QuantizedModules(IReadOnlyDictionary<string, QuantizedWeight> Weights, IReadOnlySet<string> Absorbed, Func<string, bool> Demands);
