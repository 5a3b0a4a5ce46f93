using System.Buffers.Binary;

namespace Fovea.Parquet;

/// <summary>Numbers of a few bits each, end to end, the lowest bit first.</summary>
internal static class BitPacking
{
    /// <summary>The number that begins at a bit.</summary>
    /// <param name="bytes">They hold the whole number.</param>
    /// <param name="bit">Where it begins.</param>
    /// <param name="width">Its bits, at most 64.</param>
    public static ulong Read(ReadOnlySpan<byte> bytes, long bit, int width)
    {
        if (width == 0)
        {
            return 0;
        }

        int start = (int)(bit >> 3), shift = (int)(bit & 7);
        ulong value = Word(bytes[start..]) >> shift;
        if (shift + width > 64)
        {
            value |= (ulong)bytes[start + 8] << (64 - shift);
        }

        return width == 64 ? value : value & ((1UL << width) - 1);
    }

    /// <summary>Sets the bits of a number where all were clear.</summary>
    public static void Write(Span<byte> bytes, long bit, int width, uint value)
    {
        for (int i = 0; i < width; i++)
        {
            bytes[(int)((bit + i) >> 3)] |= (byte)(((value >> i) & 1) << (int)((bit + i) & 7));
        }
    }

    private static ulong Word(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        ulong word = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            word |= (ulong)bytes[i] << (8 * i);
        }

        return word;
    }
}
