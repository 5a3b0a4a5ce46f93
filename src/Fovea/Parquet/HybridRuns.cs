using System.Numerics;

namespace Fovea.Parquet;

/// <summary>Small numbers of a fixed width as runs: one number many times, or eight numbers and multiples of it bit by bit. Levels and indices are written so.</summary>
/// <remarks>Source: apache/parquet-format, Encodings.md, RLE.</remarks>
internal static class HybridRuns
{
    private const int MaxWidth = 32, Group = 8;

    /// <summary>Bits of the largest number.</summary>
    public static int Width(int largest) => 32 - BitOperations.LeadingZeroCount((uint)largest);

    /// <summary>Reads as many numbers as the destination takes.</summary>
    /// <exception cref="InvalidDataException">The bytes end before, or a width is over 32 bits.</exception>
    public static void Read(ReadOnlySpan<byte> bytes, int width, Span<int> destination)
    {
        if (width > MaxWidth)
        {
            throw new InvalidDataException($"numbers of {width} bits");
        }

        int position = 0;
        for (int done = 0; done < destination.Length;)
        {
            ulong head = Leb128.Read(bytes, ref position);
            ulong run = (head >> 1) * ((head & 1) == 0 ? 1UL : Group);
            if (run == 0 || head > uint.MaxValue)
            {
                throw new InvalidDataException("a run of no length, or of more than 31 bits");
            }

            int count = (int)Math.Min(run, (ulong)(destination.Length - done));
            var part = destination.Slice(done, count);
            if ((head & 1) == 0)
            {
                part.Fill(Repeated(bytes, ref position, width));
            }
            else
            {
                // Some writers leave out what would only pad the last group.
                ReadPacked(bytes[position..], width, part);
                position = (int)Math.Min(bytes.Length, position + ((long)run / Group * width));
            }

            done += count;
        }
    }

    /// <summary>Writes numbers: what is the same eight times or more as one run, the rest in groups of eight.</summary>
    public static void Write(Stream output, int width, ReadOnlySpan<int> numbers)
    {
        int packed = 0, at = 0;
        while (at < numbers.Length)
        {
            int same = numbers[at..].IndexOfAnyExcept(numbers[at]) is >= 0 and var other ? other : numbers.Length - at;

            // A run may begin only where the group before it is full.
            int start = at + ((Group - ((at - packed) % Group)) % Group);
            if (at + same - start >= Group)
            {
                WritePacked(output, width, numbers[packed..start]);
                Leb128.Write(output, (ulong)(at + same - start) << 1);
                for (int bit = 0; bit < width; bit += 8)
                {
                    output.WriteByte((byte)(numbers[at] >> bit));
                }

                packed = at + same;
            }

            at += same;
        }

        WritePacked(output, width, numbers[packed..]);
    }

    private static int Repeated(ReadOnlySpan<byte> bytes, ref int position, int width)
    {
        uint value = 0;
        for (int bit = 0; bit < width; bit += 8)
        {
            value |= position < bytes.Length ? (uint)bytes[position++] << bit : throw new InvalidDataException("a run ends too early");
        }

        return (int)value;
    }

    private static void ReadPacked(ReadOnlySpan<byte> bytes, int width, Span<int> destination)
    {
        if ((((long)destination.Length * width) + 7) / 8 > bytes.Length)
        {
            throw new InvalidDataException("a run ends too early");
        }

        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (int)BitPacking.Read(bytes, (long)i * width, width);
        }
    }

    private static void WritePacked(Stream output, int width, ReadOnlySpan<int> numbers)
    {
        if (numbers.Length == 0)
        {
            return;
        }

        int groups = (numbers.Length + Group - 1) / Group;
        Leb128.Write(output, ((ulong)groups << 1) | 1);
        byte[] bytes = new byte[groups * width];
        for (int i = 0; i < numbers.Length; i++)
        {
            BitPacking.Write(bytes, (long)i * width, width, (uint)numbers[i]);
        }

        output.Write(bytes);
    }
}
