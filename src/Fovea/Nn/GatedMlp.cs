using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>down(f(gate(x)) ⊙ up(x)), the feed-forward block of Llama and its relatives.</summary>
public sealed class GatedMlp : IDisposable
{
    private readonly Linear _gate;
    private readonly Linear _up;
    private readonly Linear _down;
    private readonly Activation _activation;

    private GatedMlp(Linear gate, Linear up, Linear down, Activation activation)
    {
        _gate = gate;
        _up = up;
        _down = down;
        _activation = activation;
    }

    /// <summary>Bytes of the weights.</summary>
    public long Bytes => _gate.Bytes + _up.Bytes + _down.Bytes;

    /// <summary>Reads <c>gate_proj</c>, <c>up_proj</c> and <c>down_proj</c>.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static GatedMlp Load(WeightReader weights, int width, int intermediate, bool bias, Activation activation, Compute compute) => new(
        Linear.Load(weights.At("gate_proj"), width, intermediate, bias, compute),
        Linear.Load(weights.At("up_proj"), width, intermediate, bias, compute),
        Linear.Load(weights.At("down_proj"), intermediate, width, bias, compute),
        activation);

    /// <summary>[rows, width] → [rows, width], rented.</summary>
    public Tensor Forward(Compute compute, Tensor x)
    {
        var gate = _gate.Forward(compute, x);
        compute.ActivateGated(gate, _up.Forward(compute, x), _activation);
        return _down.Forward(compute, gate);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gate.Dispose();
        _up.Dispose();
        _down.Dispose();
    }
}
