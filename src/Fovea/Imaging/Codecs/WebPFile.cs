using System.Buffers.Binary;

namespace Fovea.Imaging.Codecs;

/// <summary>The parts of a WebP file (RFC 9649) that the external decoder does not tell.</summary>
internal static class WebPFile
{
    private const int RiffHeader = 12;

    /// <summary>The orientation in the EXIF chunk.</summary>
    public static int Orientation(ReadOnlySpan<byte> file)
    {
        var exif = Chunk(file, "EXIF"u8);
        return ExifOrientation.Read(exif.StartsWith("Exif\0\0"u8) ? exif[6..] : exif);
    }

    /// <summary>The size of a lossy picture, from the header of its key frame (RFC 6386, 9.1); null if the picture is not lossy.</summary>
    public static ImageSize? LossySize(ReadOnlySpan<byte> file)
    {
        var frame = Chunk(file, "VP8 "u8);
        if (frame.Length < 10)
        {
            return null;
        }

        int width = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]) & 0x3FFF, height = BinaryPrimitives.ReadUInt16LittleEndian(frame[8..]) & 0x3FFF;
        return width > 0 && height > 0 ? new ImageSize(height, width) : null;
    }

    /// <summary>Bytes of the planes of a 4:2:0 picture.</summary>
    public static int PlaneBytes(ImageSize size) => checked((size.Height * size.Width) + (2 * Half(size.Height) * Half(size.Width)));

    /// <summary>
    /// Converts the planes of a lossy picture as libwebp does: chroma is interpolated with the weights 9, 3, 3 and 1 of 16, then the integers of its
    /// <c>yuv.h</c> (limited range of
    /// ITU-R BT.601, 14 fraction bits of which 8 are dropped early) give RGB. The general converter of the external decoder interpolates differently.
    /// </summary>
    /// <param name="planes">Y, U and V one after the other, [height, width] and twice [⌈height/2⌉, ⌈width/2⌉].</param>
    /// <param name="size">The size of the picture.</param>
    public static Image ToRgb(ReadOnlySpan<byte> planes, ImageSize size)
    {
        int chromaWidth = Half(size.Width), chromaHeight = Half(size.Height), area = size.Height * size.Width;
        var blue = planes.Slice(area, chromaWidth * chromaHeight);
        var red = planes.Slice(area + (chromaWidth * chromaHeight), chromaWidth * chromaHeight);
        var rgb = new byte[3 * area];
        for (int y = 0, to = 0; y < size.Height; y++)
        {
            int near = (y / 2) * chromaWidth, far = Neighbour(y, chromaHeight) * chromaWidth;
            for (int x = 0; x < size.Width; x++, to += 3)
            {
                int column = x / 2, beside = Neighbour(x, chromaWidth);
                int u = Mix(blue[near + column], blue[near + beside], blue[far + column], blue[far + beside]);
                int v = Mix(red[near + column], red[near + beside], red[far + column], red[far + beside]);
                int luma = (planes[(y * size.Width) + x] * 19077) >> 8;
                rgb[to] = Clamp(luma + ((v * 26149) >> 8) - 14234);
                rgb[to + 1] = Clamp(luma - ((u * 6419) >> 8) - ((v * 13320) >> 8) + 8708);
                rgb[to + 2] = Clamp(luma + ((u * 33050) >> 8) - 17685);
            }
        }

        return new Image(size.Width, size.Height, rgb);
    }

    private static int Half(int side) => (side + 1) / 2;

    /// <summary>The chroma sample next to the nearest one on the side of sample <paramref name="i"/>.</summary>
    private static int Neighbour(int i, int count) => Math.Clamp((i / 2) + ((i & 1) == 0 ? -1 : 1), 0, count - 1);

    private static int Mix(int nearest, int besideNearest, int below, int besideBelow) =>
        ((9 * nearest) + (3 * besideNearest) + (3 * below) + besideBelow + 8) >> 4;

    private static byte Clamp(int value) => (byte)(Math.Clamp(value, 0, (256 << 6) - 1) >> 6);

    private static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> file, ReadOnlySpan<byte> name)
    {
        for (var rest = file[RiffHeader..]; rest.Length >= 8;)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (rest.StartsWith(name))
            {
                return rest.Slice(8, (int)Math.Min(length, rest.Length - 8));
            }

            rest = rest[(int)Math.Min(8 + length + (length & 1), rest.Length)..];
        }

        return default;
    }
}
