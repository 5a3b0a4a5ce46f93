using Fovea.Tensors;
using Fovea.Tensors.Threading;

namespace Fovea.Nn;

/// <summary>A matrix that a checkpoint holds quantised; its numbers are read when a layer asks for it.</summary>
/// <param name="Outputs">Rows.</param>
/// <param name="Inputs">Columns.</param>
/// <param name="Format">Its bits and the inputs that share a scale.</param>
/// <param name="Read">Reads it; the caller owns the result. Throws <see cref="InvalidDataException"/> if the stored numbers cannot be used.</param>
public sealed record QuantizedWeight(int Outputs, int Inputs, WeightFormat Format, Func<Workers, QuantizedMatrix> Read);
