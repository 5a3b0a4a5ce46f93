using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>second(f(first(x))), with biases: the feed-forward block of vision transformers and the two-layer projector.</summary>
public sealed class Mlp : FeedForward
{
    private readonly Linear _first;
    private readonly Linear _second;
    private readonly Activation _activation;

    /// <summary>Owns both layers.</summary>
    public Mlp(Linear first, Linear second, Activation activation)
    {
        _first = first;
        _second = second;
        _activation = activation;
    }

    /// <inheritdoc/>
    public override long Bytes => _first.Bytes + _second.Bytes;

    /// <inheritdoc/>
    public override long MultiplyAdds => ((long)_first.Inputs * _first.Outputs) + ((long)_second.Inputs * _second.Outputs);

    /// <inheritdoc/>
    public override Tensor Forward(Compute compute, Tensor x)
    {
        var hidden = _first.Forward(compute, x);
        compute.Activate(hidden, _activation);
        return _second.Forward(compute, hidden);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
