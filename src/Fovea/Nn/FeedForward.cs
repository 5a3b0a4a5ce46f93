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

    /// <summary>[rows, width] → [rows, output width], rented.</summary>
    public abstract Tensor Forward(Compute compute, Tensor x);

    /// <inheritdoc/>
    public abstract void Dispose();
}
