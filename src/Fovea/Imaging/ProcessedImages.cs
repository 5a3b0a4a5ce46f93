using Fovea.Tensors;

namespace Fovea.Imaging;

/// <summary>The pictures of one prompt as the vision encoder takes them. Owns the pixels.</summary>
/// <param name="pixels">The pixels; owned from now on.</param>
/// <param name="images">The pictures in order.</param>
public sealed class ProcessedImages(Tensor pixels, IReadOnlyList<ProcessedImage> images) : IDisposable
{
    /// <summary>
    /// f32 [tiles, 3, height, width], all tiles of the first picture before those of the second; in the Qwen models [patches, 3·t·p·p], the m·m patches of
    /// a merged
    /// token together. There is no padding: pictures may have different numbers of rows.
    /// </summary>
    public Tensor Pixels { get; } = pixels;

    /// <summary>The pictures in order.</summary>
    public IReadOnlyList<ProcessedImage> Images { get; } = images;

    /// <summary>Frees the pixels.</summary>
    public void Dispose() => Pixels.Dispose();
}
