using System.Buffers.Binary;

namespace Fovea.Parquet;

/// <summary>Repetition and definition levels as they stand at the beginning of a page.</summary>
internal static class Levels
{
    /// <summary>Reads levels.</summary>
    /// <exception cref="InvalidDataException">The bytes end before, or a level is larger than the largest.</exception>
    public static byte[] Read(ReadOnlySpan<byte> bytes, int largest, int count)
    {
        int[] numbers = new int[count];
        HybridRuns.Read(bytes, HybridRuns.Width(largest), numbers);
        byte[] levels = new byte[count];
        for (int i = 0; i < count; i++)
        {
            levels[i] = (uint)numbers[i] <= (uint)largest ? (byte)numbers[i] : throw new InvalidDataException($"the level {(uint)numbers[i]} of a field whose largest is {largest}");
        }

        return levels;
    }

    /// <summary>Writes levels with their length before them.</summary>
    public static void WritePrefixed(Stream output, int largest, ReadOnlySpan<int> levels)
    {
        using var runs = new MemoryStream();
        HybridRuns.Write(runs, HybridRuns.Width(largest), levels);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, (int)runs.Length);
        output.Write(length);
        output.Write(runs.GetBuffer().AsSpan(0, (int)runs.Length));
    }

    /// <summary>Takes bytes that have their length before them off the front.</summary>
    /// <exception cref="InvalidDataException">There are fewer bytes than the length.</exception>
    public static ReadOnlySpan<byte> TakePrefixed(ref ReadOnlySpan<byte> bytes)
    {
        PlainValues.Require(sizeof(uint), bytes.Length);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        PlainValues.Require(sizeof(uint) + (long)length, bytes.Length);
        var taken = bytes.Slice(sizeof(uint), (int)length);
        bytes = bytes[(sizeof(uint) + (int)length)..];
        return taken;
    }
}
