using Fovea.Models;
using Fovea.Reduction;

namespace Fovea.Evaluation;

/// <summary>Something that must hold of every method of token reduction on every model, as a check that can be run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Promise">What must hold, in a sentence.</param>
/// <param name="Run">Checks it; throws <see cref="ReducerCheckException"/> where it does not hold.</param>
public sealed record ReducerCheck(string Name, string Promise, Action<MultimodalModel, ReducerDescriptor> Run);
