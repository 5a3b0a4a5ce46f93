using System.IO.Compression;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// PNG (ISO/IEC 15948), with the tolerances of Pillow: the check sum of IDAT, a missing IEND, whatever follows it and unknown chunks do not matter;
/// alpha, transparency, gamma and colour profiles have no effect on the samples.
/// </summary>
/// <remarks>
/// Memory: the compressed data once more, two rows, and the picture. Deflate cannot expand more than 1032-fold, so a file whose compressed data are too
/// short for
/// the declared size is refused before the picture is allocated.
/// </remarks>
internal static class PngDecoder
{
    private const int MaxDeflateRatio = 1032;

    public static DecodedImage Decode(in ImageInput input)
    {
        var chunks = new PngChunks(input);
        if (!chunks.Next() || !chunks.Is("IHDR"u8))
        {
            throw input.Error("PNG: the file does not begin with IHDR");
        }

        CheckSum(input, chunks);
        var header = PngHeader.Parse(input, chunks.Data);
        ReadOnlySpan<byte> palette = default;
        int orientation = 1;
        while (chunks.Next() && !chunks.IsImageData && !chunks.Is("IEND"u8))
        {
            CheckSum(input, chunks);
            if (chunks.Is("PLTE"u8))
            {
                palette = chunks.Data[..Math.Min(768, chunks.Data.Length / 3 * 3)];
            }
            else if (chunks.Is("eXIf"u8))
            {
                orientation = ExifOrientation.Read(chunks.Data);
            }
            else if (chunks.Is("IHDR"u8))
            {
                throw input.Error("PNG: there is a second IHDR");
            }
        }

        if (!chunks.IsImageData)
        {
            throw input.Error("PNG: there is no IDAT");
        }

        if (header.ColorType == PngColorType.Palette && palette.IsEmpty)
        {
            throw input.Error("PNG: colour type 3 needs a palette, and there is no PLTE");
        }

        var image = Inflate(input, header, palette, JoinImageData(ref chunks));
        return new DecodedImage(image, OrientationAfter(ref chunks, orientation));
    }

    private static void CheckSum(in ImageInput input, in PngChunks chunks)
    {
        if (!chunks.CheckSumHolds())
        {
            throw input.Error($"PNG: the check sum of chunk {chunks.Name()} is wrong");
        }
    }

    private static byte[] JoinImageData(ref PngChunks chunks)
    {
        int length = 0;
        var ahead = chunks;
        do
        {
            length += ahead.Data.Length;
        }
        while (ahead.Next() && ahead.IsImageData);

        var joined = new byte[length];
        int filled = 0;
        do
        {
            chunks.Data.CopyTo(joined.AsSpan(filled));
            filled += chunks.Data.Length;
        }
        while (chunks.Next() && chunks.IsImageData);
        return joined;
    }

    private static int OrientationAfter(ref PngChunks chunks, int orientation)
    {
        do
        {
            if (chunks.Is("eXIf"u8) && chunks.CheckSumHolds())
            {
                orientation = ExifOrientation.Read(chunks.Data);
            }
        }
        while (!chunks.Is("IEND"u8) && chunks.Next());
        return orientation;
    }

    private static Image Inflate(in ImageInput input, in PngHeader header, ReadOnlySpan<byte> palette, byte[] compressed)
    {
        if (header.InflatedBytes() > (long)compressed.Length * MaxDeflateRatio)
        {
            throw input.Error($"PNG: {compressed.Length} bytes of image data are too few for {header.Width} x {header.Height} pixels");
        }

        var rgb = new byte[3 * header.Width * header.Height];
        try
        {
            using var inflater = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
            var rows = new PngRows(header, inflater);
            if (header.Interlaced)
            {
                foreach (var pass in PngPass.All)
                {
                    rows.Read(input, pass, palette, rgb);
                }
            }
            else
            {
                rows.Read(input, PngPass.Whole, palette, rgb);
            }
        }
        catch (Exception damaged) when (damaged is InvalidDataException or IOException)
        {
            throw input.Error("PNG: the compressed data are damaged", damaged);
        }

        return new Image(header.Width, header.Height, rgb);
    }
}
