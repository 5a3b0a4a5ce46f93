using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Reduction.Methods;

/// <summary>What a custom clustering is told. Tensors are valid during the call only.</summary>
/// <param name="Compute">Where to compute.</param>
/// <param name="Features">Hidden states of the tokens that pruning left: [tokens, hidden size].</param>
/// <param name="Vectors">What they are to be clustered by: [tokens, width].</param>
/// <param name="Cutoff">The key <c>cutoff</c>.</param>
public sealed record MergeInput(Compute Compute, Tensor Features, Tensor Vectors, double Cutoff)
{
    /// <summary>Vectors of the pruned tokens, where <c>include_pruned_in_mean</c> offers them.</summary>
    public Tensor? PrunedVectors { get; init; }

    /// <summary>Hidden states of the same tokens.</summary>
    public Tensor? PrunedFeatures { get; init; }
}
