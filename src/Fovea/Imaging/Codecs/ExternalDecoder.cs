using System.Buffers.Binary;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// Formats that are decoded by <c>ffmpeg</c>: WebP, AVIF, HEIC, TIFF, JPEG 2000. Lossless files come out exactly, WebP to the samples of libwebp, other
/// lossy ones within a few units of
/// other decoders.
/// </summary>
internal static class ExternalDecoder
{
    private const string WebP = "WebP";

    /// <summary>The name of a format and the demuxer of <c>ffmpeg</c> that reads it from a pipe; null if the bytes are none of them.</summary>
    public static (string Name, string Demuxer)? Recognise(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => (WebP, "webp_pipe"),
        [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => ("TIFF", "tiff_pipe"),
        [0, 0, 0, 12, (byte)'j', (byte)'P', 0x20, 0x20, ..] or [0xFF, 0x4F, 0xFF, 0x51, ..] => ("JPEG 2000", "j2k_pipe"),
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', .. var brands] => IsoPicture(brands),
        _ => null,
    };

    public static DecodedImage Decode(in ImageInput input, string format, string demuxer)
    {
        if (format == WebP && WebPFile.LossySize(input.Bytes) is { } size)
        {
            input.CheckSize(WebP, size.Width, size.Height);
            byte[] planes = Run(input, format, demuxer, ["-f", "rawvideo", "-pix_fmt", "yuv420p"], output => ReadPlanes(output, size));
            return new DecodedImage(WebPFile.ToRgb(planes, size), WebPFile.Orientation(input.Bytes));
        }

        long maxPixels = input.Options.MaxPixels;
        string[] ppm = ["-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24"];
        var image = Run(input, format, demuxer, ppm, output => PpmStream.Read(output, maxPixels) ?? throw NoPicture());
        CheckWhole(input, format, image);
        return new DecodedImage(image, format == WebP ? WebPFile.Orientation(input.Bytes) : ExifOrientation.Read(input.Bytes));
    }

    private static T Run<T>(in ImageInput input, string format, string demuxer, string[] output, Func<Stream, T> read)
    {
        // Without its length a picture would be taken for a stream and cut into pieces.
        string[] length = demuxer.EndsWith("_pipe", StringComparison.Ordinal) ? ["-frame_size", Ffmpeg.Text(input.Bytes.Length)] : [];
        string[] arguments =
        [
            "-nostdin", .. Ffmpeg.Limits(input.Options), "-noautorotate", "-protocol_whitelist", "pipe", "-f", demuxer, .. length, "-i", "pipe:0",
            "-frames:v", "1", .. output, "pipe:1",
        ];
        return Ffmpeg.Run("ffmpeg", arguments, input.Name, format, input.Bytes.ToArray(), input.Options.ExternalTimeLimit, read);
    }

    private static byte[] ReadPlanes(Stream output, ImageSize size)
    {
        var planes = new byte[WebPFile.PlaneBytes(size)];
        output.ReadExactly(planes);
        return output.ReadByte() < 0 ? planes : throw NoPicture();
    }

    private static EndOfStreamException NoPicture() => new("No picture of the size that the file declares came out.");

    private static (string Name, string Demuxer)? IsoPicture(ReadOnlySpan<byte> brands)
    {
        if (brands.Length < 4)
        {
            return null;
        }

        bool av1 = brands.StartsWith("avif"u8) || brands.StartsWith("avis"u8);
        bool hevc = brands.StartsWith("hei"u8) || brands.StartsWith("hev"u8) || brands.StartsWith("mif1"u8) || brands.StartsWith("msf1"u8);
        return av1 ? ("AVIF", "mov") : hevc ? ("HEIC", "mov") : null;
    }

    /// <summary>
    /// Large pictures of cameras are grids of small ones, and older versions of <c>ffmpeg</c> give the first of those. The size of the whole is the largest
    /// <c>ispe</c> box
    /// (ISO/IEC 23008-12); a smaller picture is refused.
    /// </summary>
    private static void CheckWhole(in ImageInput input, string format, Image image)
    {
        if (format is not ("AVIF" or "HEIC"))
        {
            return;
        }

        var rest = input.Bytes;
        for (int at = rest.IndexOf("ispe"u8); at >= 0 && rest.Length >= at + 16; at = rest.IndexOf("ispe"u8))
        {
            long width = BinaryPrimitives.ReadUInt32BigEndian(rest[(at + 8)..]), height = BinaryPrimitives.ReadUInt32BigEndian(rest[(at + 12)..]);
            if (width * height > (long)image.Width * image.Height && width <= input.Options.MaxPixels && height <= input.Options.MaxPixels)
            {
                throw input.Error($"{format}: of {width} x {height} pixels ffmpeg decodes {image.Width} x {image.Height} only; a newer version may decode all");
            }

            rest = rest[(at + 16)..];
        }
    }
}
