namespace Fovea.Imaging.Codecs;

/// <summary>Colour conversion of one row of JPEG samples, in the integers of libjpeg (16 fraction bits) and of Pillow (CMYK).</summary>
internal static class JpegColor
{
    /// <summary>YCbCr (ITU-T T.871) to RGB.</summary>
    public static void YCbCr(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, Span<byte> rgb)
    {
        for (int x = 0, to = 0; to + 2 < rgb.Length; x++, to += 3)
        {
            int y = luma[x], cb = blue[x] - 128, cr = red[x] - 128;
            rgb[to] = Clamp(y + (((91881 * cr) + 32768) >> 16));
            rgb[to + 1] = Clamp(y + (((-22554 * cb) - (46802 * cr) + 32768) >> 16));
            rgb[to + 2] = Clamp(y + (((116130 * cb) + 32768) >> 16));
        }
    }

    /// <summary>Three planes side by side.</summary>
    public static void Interleave(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, Span<byte> pixels)
    {
        for (int x = 0, to = 0; to + 2 < pixels.Length; x++, to += 3)
        {
            pixels[to] = first[x];
            pixels[to + 1] = second[x];
            pixels[to + 2] = third[x];
        }
    }

    /// <summary>255 − v.</summary>
    public static void Invert(Span<byte> samples)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] ^= byte.MaxValue;
        }
    }

    /// <summary>
    /// Brings in the black of CMYK. The four inks are taken for inverted, as Adobe writes them and Pillow supposes of every file: <paramref name="rgb"/> holds
    /// 255 minus the stored ink on entry, and <paramref name="black"/> the stored one.
    /// </summary>
    public static void Blacken(ReadOnlySpan<byte> black, Span<byte> rgb)
    {
        for (int i = 0; i < rgb.Length; i++)
        {
            int white = black[i / 3];
            int product = (rgb[i] * white) + 128;
            rgb[i] = Clamp(white - (((product >> 8) + product) >> 8));
        }
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}
