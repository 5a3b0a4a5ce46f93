namespace Fovea.Parquet;

/// <summary>Decompresses blocks in Google's Snappy format: literals, and copies of what came before.</summary>
/// <remarks>Source: google/snappy, format_description.txt.</remarks>
internal static class Snappy
{
    /// <summary>Decompresses a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="destination">What it must fill exactly.</param>
    /// <exception cref="InvalidDataException">The block ends too early, copies what is not there, or does not fill the destination.</exception>
    public static void Decompress(ReadOnlySpan<byte> block, Span<byte> destination)
    {
        int position = 0, written = 0;
        if (Leb128.Read(block, ref position) != (ulong)destination.Length)
        {
            throw Damaged();
        }

        while (position < block.Length)
        {
            byte tag = block[position++];
            if ((tag & 3) == 0)
            {
                int extra = Math.Max(0, (tag >> 2) - 59);
                long length = (extra == 0 ? (uint)tag >> 2 : Number(block, ref position, extra)) + 1L;
                if (length > block.Length - position || length > destination.Length - written)
                {
                    throw Damaged();
                }

                block.Slice(position, (int)length).CopyTo(destination[written..]);
                position += (int)length;
                written += (int)length;
            }
            else
            {
                // One byte more holds 8 of 11 bits of the distance and the length has 3; otherwise the distance has 2 or 4 bytes and the length 6 bits.
                bool isShort = (tag & 3) == 1;
                int length = isShort ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
                uint distance = isShort ? ((uint)(tag & 0xE0) << 3) | Number(block, ref position, 1) : Number(block, ref position, (tag & 3) == 2 ? 2 : 4);
                if (distance == 0 || distance > written || length > destination.Length - written)
                {
                    throw Damaged();
                }

                // What is copied may overlap what it makes: byte by byte repeats it.
                for (int end = written + length; written < end; written++)
                {
                    destination[written] = destination[written - (int)distance];
                }
            }
        }

        if (written != destination.Length)
        {
            throw Damaged();
        }
    }

    private static uint Number(ReadOnlySpan<byte> block, ref int position, int bytes)
    {
        if (bytes > block.Length - position)
        {
            throw Damaged();
        }

        uint value = 0;
        for (int i = 0; i < bytes; i++)
        {
            value |= (uint)block[position++] << (8 * i);
        }

        return value;
    }

    private static InvalidDataException Damaged() => new("its Snappy block is damaged");
}
