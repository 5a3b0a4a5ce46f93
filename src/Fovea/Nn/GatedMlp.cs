using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>down(f(gate(x)) ⊙ up(x)), the feed-forward block of Llama and its relatives.</summary>
public sealed class GatedMlp : FeedForward
{
    private readonly Linear _gate;
    private readonly Linear _up;
    private readonly Linear _down;
    private readonly Activation _activation;

    /// <summary>Owns the three layers.</summary>
    public GatedMlp(Linear gate, Linear up, Linear down, Activation activation)
    {
        _gate = gate;
        _up = up;
        _down = down;
        _activation = activation;
    }

    /// <inheritdoc/>
    public override long Bytes => _gate.Bytes + _up.Bytes + _down.Bytes;

    /// <inheritdoc/>
    public override long MultiplyAdds => new[] { _gate, _up, _down }.Sum(linear => (long)linear.Inputs * linear.Outputs);

    /// <summary>Reads <c>gate_proj</c>, <c>up_proj</c> and <c>down_proj</c>.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static GatedMlp Load(WeightReader weights, int width, int intermediate, bool bias, Activation activation, Compute compute) => new(
        Linear.Load(weights.At("gate_proj"), width, intermediate, bias, compute),
        Linear.Load(weights.At("up_proj"), width, intermediate, bias, compute),
        Linear.Load(weights.At("down_proj"), intermediate, width, bias, compute),
        activation);

    /// <inheritdoc/>
    public override Tensor Forward(Compute compute, Tensor x, Tensor? residual = null)
    {
        var rows = new SharedRows(x);
        var gate = _gate.Forward(compute, ref rows);
        var gated = _up.Forward(compute, ref rows, Epilogue.Gated(gate, _activation));
        return _down.Forward(compute, gated, Ending(residual));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _gate.Dispose();
        _up.Dispose();
        _down.Dispose();
    }
}
