using System.Buffers.Binary;

namespace Fovea.Imaging.Codecs;

/// <summary>Reads tag 0x0112 of an EXIF block (TIFF 6.0 layout, either byte order) and turns a picture by it.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112;

    /// <summary>Returns 1 to 8, or 1 if the block says nothing or is damaged: a wrong block never makes a picture unreadable.</summary>
    /// <param name="tiff">The block, starting at its byte-order mark.</param>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        bool little = tiff is [(byte)'I', (byte)'I', 42, 0, ..];
        if (tiff.Length < 8 || (!little && tiff is not [(byte)'M', (byte)'M', 0, 42, ..]))
        {
            return 1;
        }

        uint start = Read32(tiff[4..], little);
        if (start > tiff.Length - 2)
        {
            return 1;
        }

        int count = Read16(tiff[(int)start..], little);
        var entries = tiff[((int)start + 2)..];
        for (int i = 0; i < count && entries.Length >= 12; i++, entries = entries[12..])
        {
            if (Read16(entries, little) == Tag)
            {
                uint value = Read32(entries[4..], little) != 1 ? 1 : Read16(entries[2..], little) switch
                {
                    1 or 6 => entries[8],
                    3 or 8 => Read16(entries[8..], little),
                    4 or 9 => Read32(entries[8..], little),
                    _ => 1,
                };
                return value is >= 1 and <= 8 ? (int)value : 1;
            }
        }

        return 1;
    }

    /// <summary>Turns and mirrors; the picture itself is returned for orientation 1.</summary>
    public static Image Apply(Image image, int orientation)
    {
        if (orientation == 1)
        {
            return image;
        }

        bool transposed = orientation >= 5;
        bool flipX = orientation is 2 or 3 or 7 or 8;
        bool flipY = orientation is 3 or 4 or 6 or 7;
        int width = transposed ? image.Height : image.Width;
        int height = transposed ? image.Width : image.Height;
        var turned = new byte[3 * width * height];
        for (int y = 0, to = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to += 3)
            {
                int sourceX = transposed ? y : x;
                int sourceY = transposed ? x : y;
                sourceX = flipX ? image.Width - 1 - sourceX : sourceX;
                sourceY = flipY ? image.Height - 1 - sourceY : sourceY;
                image.Rgb.Slice(3 * ((sourceY * image.Width) + sourceX), 3).CopyTo(turned.AsSpan(to));
            }
        }

        return new Image(width, height, turned);
    }

    private static ushort Read16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint Read32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
