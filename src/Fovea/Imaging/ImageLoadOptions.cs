namespace Fovea.Imaging;

/// <summary>How bytes become an <see cref="Image"/>.</summary>
public sealed record ImageLoadOptions
{
    /// <summary>The limit of Pillow: 178,956,970 pixels, half a gigabyte of RGB.</summary>
    public const long DefaultMaxPixels = 178_956_970;

    /// <summary>
    /// Whether the EXIF orientation is applied. Null leaves it to the way in: a path or data URI is turned upright, as a chat does it;
    /// bytes and video frames are taken as stored, as the evaluation harnesses do it.
    /// </summary>
    public bool? ApplyOrientation { get; init; }

    /// <summary>A header that declares more pixels is refused before anything is allocated for them.</summary>
    public long MaxPixels { get; init; } = DefaultMaxPixels;

    /// <summary>What becomes of 16-bit grayscale.</summary>
    public Gray16Conversion Gray16 { get; init; } = Gray16Conversion.Clip;

    /// <summary>How long <c>ffmpeg</c> may work on one picture or on the chosen frames of one video; then it is ended and the file refused.</summary>
    public TimeSpan ExternalTimeLimit { get; init; } = TimeSpan.FromSeconds(30);
}
