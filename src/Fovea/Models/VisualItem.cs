using Fovea.Imaging;

namespace Fovea.Models;

/// <summary>One picture or one video of a prompt.</summary>
/// <param name="Frames">The picture, or the frames in order.</param>
/// <param name="IsVideo">Whether it stands at a video placeholder.</param>
/// <param name="FramesPerSecond">How densely the frames lie; none if unknown or a picture.</param>
public sealed record VisualItem(IReadOnlyList<Image> Frames, bool IsVideo, double? FramesPerSecond = null)
{
    /// <summary>When each frame was taken, in seconds; empty = evenly, at the frame rate.</summary>
    public IReadOnlyList<double> FrameTimes { get; init; } = [];

    /// <summary>A picture.</summary>
    public static VisualItem Of(Image image) => new([image], false);
}
