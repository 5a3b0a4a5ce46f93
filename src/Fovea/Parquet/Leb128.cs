namespace Fovea.Parquet;

/// <summary>Whole numbers in groups of seven bits, the lowest first; signed ones alternate around zero (zigzag).</summary>
internal static class Leb128
{
    /// <summary>Reads a number and moves the position behind it.</summary>
    /// <exception cref="InvalidDataException">The bytes end inside it, or it has more than 64 bits.</exception>
    public static ulong Read(ReadOnlySpan<byte> bytes, ref int position)
    {
        ulong value = 0;
        for (int shift = 0; position < bytes.Length; shift += 7)
        {
            byte next = bytes[position++];
            if (shift > 63 || (shift == 63 && next > 1))
            {
                throw new InvalidDataException("a variable-length number has more than 64 bits");
            }

            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a variable-length number ends too early");
    }

    /// <summary>0, -1, 1, -2 ... of 0, 1, 2, 3 ...</summary>
    public static long Signed(ulong zigzag) => (long)(zigzag >> 1) ^ -(long)(zigzag & 1);

    /// <summary>Writes a number.</summary>
    public static void Write(Stream output, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            output.WriteByte((byte)(value | 0x80));
        }

        output.WriteByte((byte)value);
    }

    /// <summary>Writes a signed number.</summary>
    public static void WriteSigned(Stream output, long value) => Write(output, (ulong)(value << 1) ^ (ulong)(value >> 63));
}
