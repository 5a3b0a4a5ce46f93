using System.Numerics.Tensors;
using Fovea.Tensors.Autograd;

namespace Fovea.Training.Optimization;

/// <summary>Limits the joint length of all gradients.</summary>
public static class GradientClipping
{
    // What the reference adds to the norm, so that a clipped gradient is a little shorter than the limit.
    private const double Slack = 1e-6;

    /// <summary>The Euclidean norm of all gradients together.</summary>
    public static double Norm(IEnumerable<Parameter> parameters)
    {
        double squares = 0;
        foreach (var parameter in parameters)
        {
            double norm = TensorPrimitives.Norm<float>(parameter.Slope.AsSpan<float>());
            squares += norm * norm;
        }

        return Math.Sqrt(squares);
    }

    /// <summary>The factor min(1, limit / (norm + 1e-6)) of all gradients; without a limit 1.</summary>
    public static double Scale(double norm, double? limit) => limit is { } most ? Math.Min(1, most / (norm + Slack)) : 1;
}
