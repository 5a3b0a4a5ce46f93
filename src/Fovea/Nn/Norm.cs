using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>A normalisation of rows. Rows that are several widths long are normalised piece by piece, such as head by head.</summary>
public abstract class Norm : IDisposable
{
    /// <summary>Normalises rows: [rows, n · width] → [rows, n · width], rented.</summary>
    public abstract Tensor Forward(Compute compute, Tensor x);

    /// <inheritdoc/>
    public abstract void Dispose();
}
