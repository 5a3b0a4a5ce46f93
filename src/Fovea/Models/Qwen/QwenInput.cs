using Fovea.Imaging;
using Fovea.Tensors;

namespace Fovea.Models.Qwen;

/// <summary>Patches of pictures and videos, one after the other.</summary>
/// <param name="Pixels">[patches, numbers of a patch], normalised.</param>
/// <param name="Geometry">The visual tokens.</param>
/// <param name="Packing">Every merged token is a visual token.</param>
/// <param name="Grids">The grids of patches.</param>
internal sealed record QwenInput(Tensor Pixels, Geometry Geometry, TokenPacking Packing, IReadOnlyList<PatchGrid> Grids) : VisualInput(Pixels, Geometry, Packing)
{
    /// <inheritdoc/>
    private protected override VisualInput WithPixels(IReadOnlyList<int> pictures, IReadOnlyList<int> rows) => this with
    {
        Pixels = RowsOf(Pixels, rows),
        Grids = [.. pictures.Select(picture => Grids[picture])],
    };
}
