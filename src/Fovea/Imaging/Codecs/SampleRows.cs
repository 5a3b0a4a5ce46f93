namespace Fovea.Imaging.Codecs;

/// <summary>Conversion of one row of stored samples to RGB, with the rules of Pillow's <c>convert("RGB")</c>.</summary>
internal static class SampleRows
{
    /// <summary>Gray of 8 bits, one sample every <paramref name="step"/> bytes.</summary>
    public static void Gray(ReadOnlySpan<byte> samples, int step, Span<byte> rgb)
    {
        for (int from = 0, to = 0; to + 2 < rgb.Length; from += step, to += 3)
        {
            rgb[to] = rgb[to + 1] = rgb[to + 2] = samples[from];
        }
    }

    /// <summary>Gray of 1, 2 or 4 bits, scaled to 0..255.</summary>
    public static void PackedGray(ReadOnlySpan<byte> samples, int bits, Span<byte> rgb)
    {
        int scale = 255 / ((1 << bits) - 1);
        for (int x = 0; 3 * x < rgb.Length; x++)
        {
            rgb.Slice(3 * x, 3).Fill((byte)(Packed(samples, x, bits) * scale));
        }
    }

    /// <summary>Gray of 16 bits, high byte first.</summary>
    public static void Gray16(ReadOnlySpan<byte> samples, Gray16Conversion conversion, Span<byte> rgb)
    {
        for (int x = 0; 3 * x < rgb.Length; x++)
        {
            byte high = samples[2 * x];
            byte clipped = high == 0 ? samples[(2 * x) + 1] : byte.MaxValue;
            rgb.Slice(3 * x, 3).Fill(conversion == Gray16Conversion.Shift ? high : clipped);
        }
    }

    /// <summary>Indices of 1, 2, 4 or 8 bits into a palette of RGB triples; an index beyond it is black.</summary>
    public static void Palette(ReadOnlySpan<byte> samples, int bits, ReadOnlySpan<byte> palette, Span<byte> rgb)
    {
        for (int x = 0; 3 * x < rgb.Length; x++)
        {
            int entry = 3 * (bits == 8 ? samples[x] : Packed(samples, x, bits));
            if (entry < palette.Length)
            {
                palette.Slice(entry, 3).CopyTo(rgb[(3 * x)..]);
            }
            else
            {
                rgb.Slice(3 * x, 3).Clear();
            }
        }
    }

    /// <summary>Red, green and blue, <paramref name="sampleBytes"/> apart with the high byte first, in pixels of <paramref name="pixelBytes"/>.</summary>
    public static void Rgb(ReadOnlySpan<byte> samples, int pixelBytes, int sampleBytes, Span<byte> rgb)
    {
        for (int from = 0, to = 0; to + 2 < rgb.Length; from += pixelBytes, to += 3)
        {
            rgb[to] = samples[from];
            rgb[to + 1] = samples[from + sampleBytes];
            rgb[to + 2] = samples[from + (2 * sampleBytes)];
        }
    }

    private static int Packed(ReadOnlySpan<byte> samples, int x, int bits)
    {
        int bit = x * bits;
        return (samples[bit >> 3] >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
    }
}
