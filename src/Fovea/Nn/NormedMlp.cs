using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>mlp(norm(x)): the projector of models that merge neighbouring patches. A norm narrower than a row works on its pieces, patch by patch.</summary>
public sealed class NormedMlp : FeedForward
{
    private readonly Norm _norm;
    private readonly Mlp _mlp;

    /// <summary>Owns both.</summary>
    public NormedMlp(Norm norm, Mlp mlp)
    {
        _norm = norm;
        _mlp = mlp;
    }

    /// <inheritdoc/>
    public override long Bytes => _mlp.Bytes;

    /// <inheritdoc/>
    public override long MultiplyAdds => _mlp.MultiplyAdds;

    /// <inheritdoc/>
    public override Tensor Forward(Compute compute, Tensor x, Tensor? residual = null) => _mlp.Forward(compute, _norm.Forward(compute, x), residual);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _norm.Dispose();
        _mlp.Dispose();
    }
}
