using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>Linear layers with an activation between: the feed-forward block of vision transformers, and projectors. None = x itself.</summary>
public sealed class Mlp : FeedForward
{
    private readonly Linear[] _layers;
    private readonly Activation _activation;

    /// <summary>second(f(first(x))); owns both layers.</summary>
    public Mlp(Linear first, Linear second, Activation activation)
        : this([first, second], activation)
    {
    }

    /// <summary>Owns the layers.</summary>
    public Mlp(Linear[] layers, Activation activation)
    {
        _layers = layers;
        _activation = activation;
    }

    /// <inheritdoc/>
    public override long Bytes => _layers.Sum(layer => layer.Bytes);

    /// <inheritdoc/>
    public override long MultiplyAdds => _layers.Sum(layer => (long)layer.Inputs * layer.Outputs);

    /// <inheritdoc/>
    public override Tensor Forward(Compute compute, Tensor x, Tensor? residual = null)
    {
        if (_layers.Length == 0 && residual is not null)
        {
            return compute.AddInto(residual, x);
        }

        for (int i = 0; i < _layers.Length; i++)
        {
            x = _layers[i].Forward(compute, x, i < _layers.Length - 1 ? Epilogue.Activated(_activation) : Ending(residual));
        }

        return x;
    }

    /// <inheritdoc/>
    public override void Dispose() => Array.ForEach(_layers, layer => layer.Dispose());
}
