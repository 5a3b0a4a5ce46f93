namespace Fovea.Imaging.Codecs;

/// <summary>The run-length codes of bitmaps of 4 and 8 bits.</summary>
internal static class BmpRunLength
{
    private const int EndOfLine = 0;
    private const int EndOfBitmap = 1;
    private const int Move = 2;

    /// <summary>Expands to one index a byte, [height, width] in the order of the file. Pixels that are moved over are index 0.</summary>
    public static byte[] Expand(in ImageInput input, in BmpHeader header, ReadOnlySpan<byte> codes)
    {
        int width = header.Width, height = header.Height;
        var indices = new byte[width * height];
        int x = 0, y = 0, position = 0;
        while (y < height && position + 2 <= codes.Length)
        {
            int count = codes[position], code = codes[position + 1];
            position += 2;
            if (count > 0)
            {
                count = Math.Min(count, width - x);
                Fill(indices.AsSpan((y * width) + x, count), code, header.Bits);
                x += count;
            }
            else if (code == EndOfLine)
            {
                (x, y) = (0, y + 1);
            }
            else if (code == EndOfBitmap)
            {
                y = x == width ? y + 1 : y;
                break;
            }
            else if (code == Move && position + 2 <= codes.Length)
            {
                x = Math.Min(width, x + codes[position]);
                y += codes[position + 1];
                position += 2;
            }
            else if (code > Move)
            {
                int bytes = header.Bits == 8 ? code : (code + 1) / 2;
                if (position + bytes > codes.Length)
                {
                    break;
                }

                count = Math.Min(code, width - x);
                Copy(codes.Slice(position, bytes), header.Bits, indices.AsSpan((y * width) + x, count));
                x += count;
                position += (bytes + 1) & ~1;
            }
        }

        bool complete = y >= height || (y == height - 1 && x == width);
        return complete ? indices : throw input.Error($"BMP: the run-length codes end in row {y} of {height}");
    }

    private static void Fill(Span<byte> run, int code, int bits)
    {
        for (int i = 0; i < run.Length; i++)
        {
            run[i] = (byte)(bits == 8 ? code : (i & 1) == 0 ? code >> 4 : code & 15);
        }
    }

    private static void Copy(ReadOnlySpan<byte> bytes, int bits, Span<byte> run)
    {
        for (int i = 0; i < run.Length; i++)
        {
            run[i] = bits == 8 ? bytes[i] : (byte)((i & 1) == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15);
        }
    }
}
