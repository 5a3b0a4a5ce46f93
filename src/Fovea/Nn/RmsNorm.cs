using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Nn;

/// <summary>w ⊙ x · (mean(x²) + ε)^-½.</summary>
public sealed class RmsNorm : Norm
{
    private readonly Tensor _weight;
    private readonly float _epsilon;

    private RmsNorm(Tensor weight, float epsilon)
    {
        _weight = weight;
        _epsilon = epsilon;
    }

    /// <summary>Reads <c>weight</c> [width].</summary>
    /// <exception cref="InvalidDataException">The weight is missing or has another shape.</exception>
    public static RmsNorm Load(WeightReader weights, int width, float epsilon) => new(weights.Vector("weight", width), epsilon);

    /// <inheritdoc/>
    public override Tensor Forward(Compute compute, Tensor x) => compute.RmsNorm(x, _weight, _epsilon);

    /// <inheritdoc/>
    public override void Dispose() => _weight.Dispose();
}
