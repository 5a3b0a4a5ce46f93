using Fovea.Tensors;

namespace Fovea.Nn;

/// <summary>What became of the weight of a linear layer.</summary>
/// <param name="Canonical">The module's canonical name.</param>
/// <param name="Module">Its name in the checkpoint.</param>
/// <param name="Format">How it is kept.</param>
/// <param name="Bytes">Bytes of the packed matrix.</param>
public sealed record LoadedMatrix(string Canonical, string Module, WeightFormat Format, long Bytes);
