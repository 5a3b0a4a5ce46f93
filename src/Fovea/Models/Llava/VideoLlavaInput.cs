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
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Frames.Dispose();
    }
}
