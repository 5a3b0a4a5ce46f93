using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Models.Quantization;

/// <summary>A linear layer of a checkpoint that is to be converted.</summary>
/// <param name="Module">Its stored name.</param>
/// <param name="Weight">Its stored weight [outputs, inputs].</param>
/// <param name="Format">What it becomes; none = it stays as it is.</param>
internal sealed record PlannedModule(string Module, Tensor Weight, WeightFormat? Format)
{
    private const string Suffix = CompressedTensors.PlainSuffix;
    private const string Embeddings = "embed";
    private const string Head = "lm_head";

    /// <summary>
    /// What becomes of a stored tensor, if it is the weight of a linear layer: a matrix called <c>weight</c> of a module that is no embedding. A group that does not
    /// divide the inputs has no place in the format, so such a matrix stays as it is; so does a head that is the embedding.
    /// </summary>
    /// <param name="files">The checkpoint.</param>
    /// <param name="name">A stored tensor.</param>
    /// <param name="policy">What is wanted.</param>
    public static PlannedModule? Of(StoredFiles files, string name, WeightPolicy policy)
    {
        var weight = files.Weights[name];
        string canonical = files.Canonical(name);
        if (!name.EndsWith(Suffix, StringComparison.Ordinal) || weight.Shape.Rank != 2 || weight.ElementType is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            return null;
        }

        (string module, canonical) = (name[..^Suffix.Length], canonical[..^Suffix.Length]);
        if (canonical[(canonical.LastIndexOf('.') + 1)..].Contains(Embeddings, StringComparison.Ordinal))
        {
            return null;
        }

        var format = canonical == Head && files.Folder.TiesHead ? null : policy.For(canonical, module, weight.RowLength);
        return new PlannedModule(module, weight, format is { HasScales: true } && weight.RowLength % format.Group != 0 ? null : format);
    }
}
