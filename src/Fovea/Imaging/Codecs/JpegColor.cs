using System.Runtime.Intrinsics;

namespace Fovea.Imaging.Codecs;

/// <summary>Colour conversion of one row of JPEG samples, in the integers of libjpeg (16 fraction bits) and of Pillow (CMYK).</summary>
internal static class JpegColor
{
    private const int FractionBits = 16;
    private const int Half = 1 << (FractionBits - 1);
    private const int RedOfRed = 91881;
    private const int GreenOfBlue = -22554;
    private const int GreenOfRed = -46802;
    private const int BlueOfBlue = 116130;
    private const int Lanes = 16;

    /// <summary>YCbCr (ITU-T T.871) to RGB.</summary>
    public static void YCbCr(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blue, ReadOnlySpan<byte> red, Span<byte> rgb)
    {
        int width = rgb.Length / 3, x = 0;
        for (; x + Lanes <= width; x += Lanes)
        {
            var (yLow, yHigh) = Widen(luma[x..], 0);
            var (cbLow, cbHigh) = Widen(blue[x..], 128);
            var (crLow, crHigh) = Widen(red[x..], 128);
            RgbPixels.Store(
                Narrow(yLow + Scale(crLow * RedOfRed), yHigh + Scale(crHigh * RedOfRed)),
                Narrow(yLow + Scale((cbLow * GreenOfBlue) + (crLow * GreenOfRed)), yHigh + Scale((cbHigh * GreenOfBlue) + (crHigh * GreenOfRed))),
                Narrow(yLow + Scale(cbLow * BlueOfBlue), yHigh + Scale(cbHigh * BlueOfBlue)),
                rgb[(3 * x)..]);
        }

        for (; x < width; x++)
        {
            int y = luma[x], cb = blue[x] - 128, cr = red[x] - 128;
            rgb[3 * x] = Clamp(y + (((RedOfRed * cr) + Half) >> FractionBits));
            rgb[(3 * x) + 1] = Clamp(y + (((GreenOfBlue * cb) + (GreenOfRed * cr) + Half) >> FractionBits));
            rgb[(3 * x) + 2] = Clamp(y + (((BlueOfBlue * cb) + Half) >> FractionBits));
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

    private static (Vector256<int> Low, Vector256<int> High) Widen(ReadOnlySpan<byte> samples, short centre)
    {
        var words = Vector256.WidenLower(Vector128.Create(samples[..Lanes]).ToVector256Unsafe()).AsInt16() - Vector256.Create(centre);
        return (Vector256.WidenLower(words), Vector256.WidenUpper(words));
    }

    private static Vector256<int> Scale(Vector256<int> product) => (product + Vector256.Create(Half)) >> FractionBits;

    private static Vector128<byte> Narrow(Vector256<int> low, Vector256<int> high)
    {
        var top = Vector256.Create(255);
        low = Vector256.Max(Vector256.Min(low, top), Vector256<int>.Zero);
        high = Vector256.Max(Vector256.Min(high, top), Vector256<int>.Zero);
        var words = Vector256.Narrow(low.AsUInt32(), high.AsUInt32());
        return Vector128.Narrow(words.GetLower(), words.GetUpper());
    }
}
