using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>A family's entry in the catalogue.</summary>
/// <param name="ModelType">The <c>model_type</c> of its checkpoints.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Load">Builds the model from a folder.</param>
public sealed record ModelFamily(string ModelType, string Name, Func<CheckpointFolder, Compute, Action<double>?, CancellationToken, MultimodalModel> Load)
{
    /// <summary>How the stored names of a checkpoint become canonical; the first rule that fits a name.</summary>
    internal Func<CheckpointFolder, IReadOnlyList<NameRule>> Names { get; init; } = _ => [];
}
