using Fovea.Nn;
using Fovea.Tensors.Autograd;

namespace Fovea.Training.Differentiable;

/// <summary>x·Wᵀ + b with parameters.</summary>
internal sealed record DifferentiableLinear(Parameter Weight, Parameter? Bias)
{
    public static DifferentiableLinear Load(ParameterScope scope, WeightReader weights, int inputs, int outputs, bool bias) =>
        new(scope.Read(weights, "weight", outputs, inputs), bias ? scope.Read(weights, "bias", outputs) : null);

    public Variable Forward(Tape tape, Variable x) => tape.Linear(x, Weight, Bias);
}
