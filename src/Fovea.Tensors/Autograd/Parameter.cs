namespace Fovea.Tensors.Autograd;

/// <summary>A weight of a model: its f32 master value, and, if it is trained, a gradient that adds up over backward passes until it is cleared.</summary>
public sealed class Parameter : Variable, IDisposable
{
    /// <summary>Takes over <paramref name="value"/>; allocates a gradient of zeros beside it if it is trained.</summary>
    /// <param name="name">The name under which it is stored.</param>
    /// <param name="value">f32, owned from here on.</param>
    /// <param name="trained">Whether gradients flow to it.</param>
    public Parameter(string name, Tensor value, bool trained = true)
        : base(value, trained)
    {
        Name = name;
        Gradient = trained ? Tensor.Allocate(value.Shape.ToArray()) : null;
    }

    /// <summary>The name under which it is stored.</summary>
    public string Name { get; }

    /// <summary>The gradient of a trained parameter.</summary>
    /// <exception cref="InvalidOperationException">The parameter is not trained.</exception>
    public Tensor Slope => Gradient ?? throw new InvalidOperationException($"The parameter {Name} is not trained.");

    /// <summary>Sets the gradient to zero.</summary>
    public void ClearGradient() => Gradient?.AsSpan<float>().Clear();

    /// <summary>Frees value and gradient.</summary>
    public void Dispose()
    {
        Value.Dispose();
        Gradient?.Dispose();
    }
}
