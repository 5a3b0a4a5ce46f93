using Fovea.Imaging;
using Fovea.Models.Llava;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.ElementTypes;
using Fovea.Text;

namespace Fovea.Training.Differentiable;

/// <summary>Where a LLaVA that is trained comes from, and the layout in which it is saved.</summary>
internal abstract class LlavaSource
{
    /// <summary>Sizes.</summary>
    public abstract LlavaConfig Config { get; }

    /// <summary>Most tokens of a sample, the visual ones included.</summary>
    public virtual int MaxLength => int.MaxValue;

    public abstract ImageProcessor LoadProcessor();

    public abstract Tokenizer LoadTokenizer();

    /// <summary>Reads weights by canonical names, which know the names under which they are saved.</summary>
    public abstract TResult Read<TResult>(Func<WeightReader, TResult> read);

    /// <summary>Writes a checkpoint into an empty folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="parameters">Values that take the places of the weights that were read.</param>
    /// <param name="elementType">The type of all weights; none = as they were stored.</param>
    public abstract void Write(string folder, IReadOnlyList<Parameter> parameters, ElementType? elementType);

    /// <summary>What is written of a weight.</summary>
    /// <param name="stored">The weight as it was read.</param>
    /// <param name="type">The type to write it in, if it holds floating-point numbers.</param>
    /// <param name="values">What takes its place, if something does.</param>
    protected static (Tensor Tensor, ElementType Type) Written(Tensor stored, ElementType type, Tensor? values) =>
        stored.ElementType is ElementType.F32 or ElementType.F16 or ElementType.BF16 ? (values ?? stored, type) : (stored, stored.ElementType);
}
