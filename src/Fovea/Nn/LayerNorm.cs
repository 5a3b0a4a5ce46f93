using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>(x − mean) / √(variance + ε) · w + b with the population variance.</summary>
public sealed class LayerNorm : Norm
{
    private readonly Tensor _weight;
    private readonly Tensor _bias;
    private readonly float _epsilon;

    private LayerNorm(Tensor weight, Tensor bias, float epsilon)
    {
        _weight = weight;
        _bias = bias;
        _epsilon = epsilon;
    }

    /// <summary>Reads <c>weight</c> and <c>bias</c> [width].</summary>
    /// <exception cref="InvalidDataException">A weight is missing or has another shape.</exception>
    public static LayerNorm Load(WeightReader weights, int width, float epsilon) =>
        new(weights.Vector("weight", width), weights.Vector("bias", width), epsilon);

    /// <inheritdoc/>
    public override Tensor Forward(Compute compute, Tensor x) => compute.LayerNorm(x, _weight, _bias, _epsilon);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
    }
}
