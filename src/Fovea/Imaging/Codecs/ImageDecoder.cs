namespace Fovea.Imaging.Codecs;

/// <summary>Finds the decoder for a file by its first bytes.</summary>
internal static class ImageDecoder
{
    public static Image Decode(in ImageInput input, bool applyOrientation)
    {
        var decoded = DecodeStored(input);
        return applyOrientation ? ExifOrientation.Apply(decoded.Image, decoded.Orientation) : decoded.Image;
    }

    private static DecodedImage DecodeStored(in ImageInput input)
    {
        var bytes = input.Bytes;
        return bytes switch
        {
            [] => throw input.Error("the file is empty"),
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => PngDecoder.Decode(input),
            [0xFF, 0xD8, 0xFF, ..] => JpegDecoder.Decode(input),
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => GifDecoder.Decode(input),
            [(byte)'B', (byte)'M', ..] => BmpDecoder.Decode(input),
            [(byte)'P', >= (byte)'1' and <= (byte)'6', ..] => PnmDecoder.Decode(input),
            _ when ExternalDecoder.Recognise(bytes) is var (format, demuxer) => ExternalDecoder.Decode(input, format, demuxer),
            _ => throw input.Error("this is not a picture in a known format"),
        };
    }
}
