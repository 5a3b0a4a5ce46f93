using Fovea.Tensors;

namespace Fovea.Models.Llava;

/// <summary>Pictures for one encoder and video frames for another.</summary>
/// <param name="Pixels">Pictures [tiles, channels, size, size].</param>
/// <param name="Frames">Video frames [frames, channels, size, size].</param>
/// <param name="Geometry">The visual tokens.</param>
/// <param name="Packing">From features to visual tokens.</param>
internal sealed record VideoLlavaInput(Tensor Pixels, Tensor Frames, Geometry Geometry, TokenPacking Packing) : VisualInput(Pixels, Geometry, Packing)
{
    /// <inheritdoc/>
    private protected override VisualInput WithPixels(IReadOnlyList<int> pictures, IReadOnlyList<int> rows) => this with
    {
        Pixels = RowsOf(Pixels, [.. rows.Where(row => row < Pixels.Rows)]),
        Frames = RowsOf(Frames, [.. rows.Where(row => row >= Pixels.Rows).Select(row => row - Pixels.Rows)]),
    };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Frames.Dispose();
    }
}
