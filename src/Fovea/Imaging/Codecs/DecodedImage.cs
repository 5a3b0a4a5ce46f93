namespace Fovea.Imaging.Codecs;

/// <summary>What a decoder returns: the picture as stored, and the EXIF orientation (1 to 8; 1 = upright) that it does not apply itself.</summary>
internal readonly record struct DecodedImage(Image Image, int Orientation = 1);
