namespace Fovea.Tensors.Autograd;

/// <summary>A trained tensor: its f32 master value, and a gradient that adds up over backward passes until it is cleared.</summary>
public sealed class Parameter : Variable, IDisposable
{
    private readonly Tensor _gradient;

    /// <summary>Takes over <paramref name="value"/> and allocates a gradient of zeros beside it.</summary>
    /// <param name="name">The name under which it is stored.</param>
    /// <param name="value">f32, owned from here on.</param>
    public Parameter(string name, Tensor value)
        : base(value, requiresGradient: true)
    {
        Name = name;
        Gradient = _gradient = Tensor.Allocate(value.Shape.ToArray());
    }

    /// <summary>The name under which it is stored.</summary>
    public string Name { get; }

    /// <summary>The gradient, which always exists.</summary>
    public Tensor Slope => _gradient;

    /// <summary>Sets the gradient to zero.</summary>
    public void ClearGradient() => _gradient.AsSpan<float>().Clear();

    /// <summary>Frees value and gradient.</summary>
    public void Dispose()
    {
        Value.Dispose();
        _gradient.Dispose();
    }
}
