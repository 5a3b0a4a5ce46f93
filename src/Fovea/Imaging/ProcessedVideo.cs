using Fovea.Tensors;

namespace Fovea.Imaging;

/// <summary>The frames of one video as the vision encoder takes them. Owns the pixels.</summary>
/// <param name="pixels">The pixels; owned from now on.</param>
/// <param name="originalSize">A frame as it was given.</param>
/// <param name="frameCount">The frames that were given.</param>
/// <param name="grid">The grid of patches, if pixels are patches.</param>
public sealed class ProcessedVideo(Tensor pixels, ImageSize originalSize, int frameCount, PatchGrid? grid) : IDisposable
{
    /// <summary>f32 [frames, 3, height, width]; in the Qwen models [patches, 3·t·p·p], a temporal patch after the other.</summary>
    public Tensor Pixels { get; } = pixels;

    /// <summary>A frame as it was given.</summary>
    public ImageSize OriginalSize { get; } = originalSize;

    /// <summary>The frames that were given; a last temporal patch may repeat the last one.</summary>
    public int FrameCount { get; } = frameCount;

    /// <summary>The grid of patches in the Qwen models, <c>video_grid_thw</c>; null where pixels are frames.</summary>
    public PatchGrid? Grid { get; } = grid;

    /// <summary>Frees the pixels.</summary>
    public void Dispose() => Pixels.Dispose();
}
