using Fovea.Imaging;

namespace Fovea.Models;

/// <summary>One picture or one video of a prompt.</summary>
/// <param name="Frames">The picture, or the frames in order.</param>
/// <param name="IsVideo">Whether it stands at a video placeholder.</param>
/// <param name="FramesPerSecond">How densely a video's frames lie; 0 if unknown or a picture.</param>
public sealed record VisualItem(IReadOnlyList<Image> Frames, bool IsVideo, double FramesPerSecond)
{
    /// <summary>A picture.</summary>
    public static VisualItem Of(Image image) => new([image], false, 0);
}
