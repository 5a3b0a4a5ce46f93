using Fovea.Imaging;

namespace Fovea.Models;

/// <summary>One picture or one video of a prompt.</summary>
/// <param name="Frames">The picture, or the frames in order.</param>
/// <param name="IsVideo">Whether it stands at a video placeholder.</param>
/// <param name="FramesPerSecond">How densely the frames lie; none if unknown or a picture.</param>
public sealed record VisualItem(IReadOnlyList<Image> Frames, bool IsVideo, double? FramesPerSecond = null)
{
    /// <summary>Frames of a video if neither the caller nor the checkpoint says.</summary>
    public const int UsualFrames = 8;

    /// <summary>When each frame was taken, in seconds; empty = evenly, at the frame rate.</summary>
    public IReadOnlyList<double> FrameTimes { get; init; } = [];

    /// <summary>A picture.</summary>
    public static VisualItem Of(Image image) => new([image], false);

    /// <summary>Reads frames of a video file as a model takes them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="processor">The model's own: it chooses the frames.</param>
    /// <param name="request">How many; none = as many as the checkpoint asks for, or <see cref="UsualFrames"/> if it asks for none.</param>
    /// <exception cref="ArgumentException">More frames are wanted than there are, or none would be taken.</exception>
    /// <exception cref="ImageFormatException"><c>ffmpeg</c> is missing, or the file has no video that it can read.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static VisualItem Load(string path, VideoProcessor processor, FrameRequest? request = null)
    {
        var video = VideoReader.Open(path);
        bool asks = processor.Default is { Count: > 0 } or { FramesPerSecond: > 0 };
        var wanted = request ?? (asks ? processor.Default : new FrameRequest { Count = Math.Min(UsualFrames, video.FrameCount) });
        var indices = processor.SelectFrames(video.FrameCount, video.FramesPerSecond, wanted);
        return new VisualItem(video.ReadFrames(indices), true)
        {
            FrameTimes = video.FramesPerSecond is { } rate ? [.. indices.Select(index => index / rate)] : [],
        };
    }
}
