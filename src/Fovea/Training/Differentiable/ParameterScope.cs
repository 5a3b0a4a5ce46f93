using Fovea.Nn;
using Fovea.Tensors.Autograd;

namespace Fovea.Training.Differentiable;

/// <summary>Reads a model's weights as parameters under their stored names, and decides which are trained.</summary>
/// <param name="isTrained">Whether the weight of a stored name is trained.</param>
public sealed class ParameterScope(Func<string, bool> isTrained) : IDisposable
{
    private readonly List<Parameter> _all = [];

    /// <summary>All parameters that were read, in the order in which they were.</summary>
    public IReadOnlyList<Parameter> All => _all;

    /// <summary>Those that are trained.</summary>
    public IReadOnlyList<Parameter> Trained => [.. _all.Where(parameter => parameter.RequiresGradient)];

    /// <summary>Reads a weight, widened to f32.</summary>
    /// <exception cref="InvalidDataException">It is missing or has another shape.</exception>
    public Parameter Read(WeightReader weights, string name, params ReadOnlySpan<int> extents)
    {
        string stored = weights.StoredName(name);
        var parameter = new Parameter(stored, weights.Vector(name, extents), isTrained(stored));
        _all.Add(parameter);
        return parameter;
    }

    /// <summary>Frees all parameters.</summary>
    public void Dispose()
    {
        foreach (var parameter in _all)
        {
            parameter.Dispose();
        }

        _all.Clear();
    }
}
