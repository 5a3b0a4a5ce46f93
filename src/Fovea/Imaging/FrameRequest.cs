namespace Fovea.Imaging;

/// <summary>How many frames of a video are wanted: a number, or a rate. With neither, all frames; with both, the number rules.</summary>
public sealed record FrameRequest
{
    /// <summary>A number of frames, ≥ 1; 0 for none stated.</summary>
    public int Count { get; init; }

    /// <summary>Frames a second, &gt; 0; 0 for none stated.</summary>
    public double FramesPerSecond { get; init; }
}
