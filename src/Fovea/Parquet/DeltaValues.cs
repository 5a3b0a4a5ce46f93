using System.Buffers.Binary;

namespace Fovea.Parquet;

/// <summary>Values as differences to those before: numbers, the lengths of byte arrays, and what byte arrays have in common at their beginnings.</summary>
/// <remarks>Source: apache/parquet-format, Encodings.md, DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY and DELTA_BYTE_ARRAY.</remarks>
internal static class DeltaValues
{
    private const int BlockMultiple = 128, MiniblockMultiple = 32, MaxWidth = 64;

    /// <summary>Reads whole numbers of 32 or 64 bits.</summary>
    public static ReadOnlyMemory<byte>[] ReadNumbers(ReadOnlyMemory<byte> bytes, SchemaNode leaf, int count)
    {
        long[] numbers = Numbers(bytes.Span, count, out _);
        byte[] plain = new byte[(long)count * leaf.Width];
        for (int i = 0; i < count; i++)
        {
            if (leaf.Width == sizeof(int))
            {
                BinaryPrimitives.WriteInt32LittleEndian(plain.AsSpan(i * sizeof(int)), (int)numbers[i]);
            }
            else
            {
                BinaryPrimitives.WriteInt64LittleEndian(plain.AsSpan(i * sizeof(long)), numbers[i]);
            }
        }

        return PlainValues.ReadFixed(plain, leaf.Width, count);
    }

    /// <summary>Reads byte arrays whose lengths stand before all of them.</summary>
    public static ReadOnlyMemory<byte>[] ReadArrays(ReadOnlyMemory<byte> bytes, int count)
    {
        long[] lengths = Numbers(bytes.Span, count, out int used);
        bytes = bytes[used..];
        var values = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            int length = Length(lengths[i]);
            PlainValues.Require(length, bytes.Length);
            values[i] = bytes[..length];
            bytes = bytes[length..];
        }

        return values;
    }

    /// <summary>Reads byte arrays that share their beginnings with those before them.</summary>
    /// <param name="bytes">The page's values.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="limit">Bytes that all of them may have together.</param>
    public static ReadOnlyMemory<byte>[] ReadPrefixed(ReadOnlyMemory<byte> bytes, int count, int limit)
    {
        long[] prefixes = Numbers(bytes.Span, count, out int used);
        var values = ReadArrays(bytes[used..], count);
        long total = 0;
        for (int i = 0; i < count; i++)
        {
            int shared = Length(prefixes[i]);
            if (shared > (i > 0 ? values[i - 1].Length : 0))
            {
                throw new InvalidDataException($"value {i} shares {shared} bytes with a shorter one");
            }

            total += shared + values[i].Length;
            if (total > limit)
            {
                throw new InvalidDataException($"its values take more than {limit} bytes");
            }

            if (shared > 0)
            {
                byte[] whole = new byte[shared + values[i].Length];
                values[i - 1].Span[..shared].CopyTo(whole);
                values[i].Span.CopyTo(whole.AsSpan(shared));
                values[i] = whole;
            }
        }

        return values;
    }

    private static int Length(long length) => length is >= 0 and <= int.MaxValue ? (int)length : throw new InvalidDataException($"a length of {length}");

    private static long[] Numbers(ReadOnlySpan<byte> bytes, int count, out int position)
    {
        position = 0;
        ulong block = Leb128.Read(bytes, ref position), miniblocks = Leb128.Read(bytes, ref position), declared = Leb128.Read(bytes, ref position);
        long last = Leb128.Signed(Leb128.Read(bytes, ref position));
        if (declared != (ulong)count || block == 0 || block > int.MaxValue || block % BlockMultiple != 0 || miniblocks == 0 || miniblocks > block || block % miniblocks != 0
            || block / miniblocks % MiniblockMultiple != 0)
        {
            throw new InvalidDataException($"{declared} differences in blocks of {block} and {miniblocks} parts, where {count} values are due");
        }

        // A difference of no bits takes no byte: their number is bounded by the levels of the page, and with them by the limits.
        long[] numbers = new long[count];
        int done = 0, size = (int)(block / miniblocks);
        if (count > 0)
        {
            numbers[done++] = last;
        }

        while (done < count)
        {
            long least = Leb128.Signed(Leb128.Read(bytes, ref position));
            PlainValues.Require((long)miniblocks, bytes.Length - position);
            var widths = bytes.Slice(position, (int)miniblocks);
            position += (int)miniblocks;
            for (int i = 0; i < widths.Length && done < count; i++)
            {
                int width = widths[i], take = Math.Min(size, count - done);
                long stored = (long)size * width / 8;
                if (width > MaxWidth)
                {
                    throw new InvalidDataException($"differences of {width} bits");
                }

                PlainValues.Require(stored, bytes.Length - position);
                for (int j = 0; j < take; j++)
                {
                    last = unchecked(last + least + (long)BitPacking.Read(bytes[position..], (long)j * width, width));
                    numbers[done++] = last;
                }

                position += (int)stored;
            }
        }

        return numbers;
    }
}
