namespace Fovea.Imaging;

/// <summary>Tells videos from pictures by how their files begin.</summary>
public static class VideoFormat
{
    private const int Head = 12;

    // Brands of ISO media files that are pictures (ISO/IEC 23008-12 and the AVIF specification).
    private static readonly string[] PictureBrands = ["avif", "avis", "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1", "jp2 ", "jpx "];

    /// <summary>Whether a file begins as the containers of videos do: MP4 and MOV, Matroska and WebM, AVI, FLV, MPEG, Ogg, ASF, IVF. Animated GIFs count as pictures.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsVideo(string path)
    {
        Span<byte> head = stackalloc byte[Head];
        using var file = File.OpenRead(path);
        int length = file.ReadAtLeast(head, Head, throwOnEndOfStream: false);
        return IsVideo(head[..length]);
    }

    /// <summary>Whether a file that begins with these bytes, twelve of them, is a video.</summary>
    public static bool IsVideo(ReadOnlySpan<byte> head)
    {
        if (head.Length < Head)
        {
            return false;
        }

        var kind = head[4..8];
        if (kind.SequenceEqual("ftyp"u8))
        {
            string brand = System.Text.Encoding.Latin1.GetString(head[8..12]);
            return !PictureBrands.Contains(brand, StringComparer.Ordinal);
        }

        return kind.SequenceEqual("moov"u8) || kind.SequenceEqual("mdat"u8) || kind.SequenceEqual("wide"u8)
            || head.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])
            || (head.StartsWith("RIFF"u8) && head[8..12].SequenceEqual("AVI "u8))
            || head.StartsWith("FLV"u8) || head.StartsWith("OggS"u8) || head.StartsWith("DKIF"u8)
            || head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0xBA]) || head.StartsWith((ReadOnlySpan<byte>)[0, 0, 1, 0xB3])
            || head.StartsWith((ReadOnlySpan<byte>)[0x30, 0x26, 0xB2, 0x75]);
    }
}
