using System.Buffers.Binary;
using System.Numerics;

namespace Fovea.Imaging.Codecs;

/// <summary>
/// Windows and OS/2 bitmaps of 1, 4, 8, 16, 24 and 32 bits, run-length coding included; alpha is ignored. Source: the Windows bitmap structures, as Pillow
/// reads them
/// (a sample of n bits is v·255 / (2^n − 1), rounded down).
/// </summary>
internal static class BmpDecoder
{
    public static DecodedImage Decode(in ImageInput input)
    {
        var header = BmpHeader.Parse(input);
        var stored = input.Bytes[header.PixelOffset..];
        if (header.RunLength)
        {
            stored = BmpRunLength.Expand(input, header, stored);
        }

        long stride = header.RunLength ? header.Width : header.Stride;
        if (stored.Length < stride * header.Height)
        {
            long needed = stride * header.Height;
            throw input.Error($"BMP: {header.Width} x {header.Height} pixels of {header.Bits} bits need {needed} bytes; {stored.Length} are left");
        }

        byte[] palette = Palette(input, header);
        var rgb = new byte[3 * header.Width * header.Height];
        for (int y = 0; y < header.Height; y++)
        {
            int row = header.TopDown ? y : header.Height - 1 - y;
            Convert(header, stored.Slice((int)(row * stride), (int)stride), palette, rgb.AsSpan(3 * header.Width * y, 3 * header.Width));
        }

        return new DecodedImage(new Image(header.Width, header.Height, rgb));
    }

    /// <summary>The palette as red, green, blue.</summary>
    private static byte[] Palette(in ImageInput input, in BmpHeader header)
    {
        var palette = new byte[3 * header.PaletteCount];
        var entries = input.Bytes[header.PaletteOffset..];
        for (int i = 0; i < header.PaletteCount; i++)
        {
            var entry = entries.Slice(i * header.PaletteStep, 3);
            (palette[3 * i], palette[(3 * i) + 1], palette[(3 * i) + 2]) = (entry[2], entry[1], entry[0]);
        }

        return palette;
    }

    private static void Convert(in BmpHeader header, ReadOnlySpan<byte> row, byte[] palette, Span<byte> rgb)
    {
        switch (header.Bits)
        {
            case 24:
                for (int i = 0; i < rgb.Length; i += 3)
                {
                    (rgb[i], rgb[i + 1], rgb[i + 2]) = (row[i + 2], row[i + 1], row[i]);
                }

                break;
            case 16:
                for (int x = 0; 3 * x < rgb.Length; x++)
                {
                    Spread(BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]), header.Masks, rgb.Slice(3 * x, 3));
                }

                break;
            case 32:
                for (int x = 0; 3 * x < rgb.Length; x++)
                {
                    Spread(BinaryPrimitives.ReadUInt32LittleEndian(row[(4 * x)..]), header.Masks, rgb.Slice(3 * x, 3));
                }

                break;
            default:
                SampleRows.Palette(row, header.RunLength ? 8 : header.Bits, palette, rgb);
                break;
        }
    }

    private static void Spread(uint pixel, (uint Red, uint Green, uint Blue) masks, Span<byte> rgb)
    {
        rgb[0] = Sample(pixel, masks.Red);
        rgb[1] = Sample(pixel, masks.Green);
        rgb[2] = Sample(pixel, masks.Blue);
    }

    private static byte Sample(uint pixel, uint mask)
    {
        if (mask == 0)
        {
            return 0;
        }

        int shift = BitOperations.TrailingZeroCount(mask);
        return (byte)((ulong)((pixel & mask) >> shift) * 255 / (mask >> shift));
    }
}
