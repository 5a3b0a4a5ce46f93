using Fovea.Tensors.Autograd;
using Fovea.Tensors.Kernels;

namespace Fovea.Training.Differentiable;

/// <summary>Linear layers with a nonlinearity between any two; none passes its input on.</summary>
internal sealed record DifferentiableMlp(IReadOnlyList<DifferentiableLinear> Layers, Activation Activation)
{
    public Variable Forward(Tape tape, Variable x)
    {
        for (int layer = 0; layer < Layers.Count; layer++)
        {
            x = Layers[layer].Forward(tape, layer == 0 ? x : tape.Activate(x, Activation));
        }

        return x;
    }
}
