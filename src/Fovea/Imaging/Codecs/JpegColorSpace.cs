namespace Fovea.Imaging.Codecs;

/// <summary>What the components of a JPEG frame mean.</summary>
internal enum JpegColorSpace
{
    Gray,
    Rgb,
    YCbCr,
    Cmyk,
    Ycck,
}
