using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>A tensor that is to be written, known by its shape before its numbers are there, so that files can be larger than memory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">Its element type.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Make">Makes it, once, when its turn has come; it is disposed when it is written (which does nothing to one that borrows its memory).</param>
public sealed record SafetensorsItem(string Name, ElementType ElementType, Shape Shape, Func<Tensor> Make)
{
    /// <summary>A tensor that is there; it is not disposed.</summary>
    public static SafetensorsItem Of(string name, Tensor tensor) =>
        new(name, tensor.ElementType, tensor.Shape, () => tensor.Reshape(tensor.Shape.ToArray()));

    /// <summary>Its size in a file.</summary>
    public long Bytes => checked(Shape.Count * ElementType.Bytes());

    /// <summary>Makes and writes it.</summary>
    /// <exception cref="InvalidOperationException">What was made is not what was said.</exception>
    internal void WriteTo(Stream stream)
    {
        using var tensor = Make();
        if (tensor.Shape != Shape || tensor.ElementType != ElementType)
        {
            throw new InvalidOperationException($"{Name} was to be {ElementType}{Shape}, and {tensor} was made.");
        }

        tensor.WriteTo(stream);
    }
}
