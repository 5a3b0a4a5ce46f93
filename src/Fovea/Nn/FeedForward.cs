using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>The block of a transformer that treats every token by itself.</summary>
public abstract class FeedForward : IDisposable
{
    /// <summary>Bytes of the weights.</summary>
    public abstract long Bytes { get; }

    /// <summary>Multiply-adds per token.</summary>
    public abstract long MultiplyAdds { get; }

    /// <summary>[rows, width] → [rows, output width].</summary>
    /// <param name="compute">Where to run.</param>
    /// <param name="x">[rows, width].</param>
    /// <param name="residual">[rows, output width] that the result is added to, or none.</param>
    /// <returns>The residual, or else rented.</returns>
    public abstract Tensor Forward(Compute compute, Tensor x, Tensor? residual = null);

    /// <inheritdoc/>
    public abstract void Dispose();

    private protected static Epilogue Ending(Tensor? residual) => residual is null ? default : Epilogue.AddedTo(residual);
}
