using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Fovea.Tensors.Serialization;

/// <summary>The form of a file of packed weights.</summary>
/// <remarks>
/// 128 bytes: 0 magic, 16 key, 48 start of the table, 56 its length, 64 SHA-256 of the 64 bytes before and the table, the rest zero. Then the matrices, each at a
/// multiple of 64. Then the table, which ends the file: for each matrix the length of its name (16 bits), the name in UTF-8, and where it starts (64 bits).
/// A name says format and shape, so nothing in the file says how long a matrix is. All numbers are little-endian.
/// </remarks>
internal static class PackedCacheFile
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyBytes = SHA256.HashSizeInBytes;

    /// <summary>Where the matrices begin.</summary>
    public const int DataStart = 128;

    private const int KeyAt = 16, TableAt = 48, TableLengthAt = 56, DigestAt = 64;
    private const long MostTableBytes = 1 << 26;

    private static ReadOnlySpan<byte> Magic => "Fovea packed 1\0\0"u8;

    /// <summary>The name of a matrix in a table.</summary>
    public static string Name(string name, WeightFormat format, int outputs, int inputs) => $"{name} {format} {new Shape([outputs, inputs])}";

    /// <summary>The first bytes of a file.</summary>
    public static byte[] Prologue(ReadOnlySpan<byte> key, long tableStart, ReadOnlySpan<byte> table)
    {
        byte[] bytes = new byte[DataStart];
        Magic.CopyTo(bytes);
        key.CopyTo(bytes.AsSpan(KeyAt));
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(TableAt), tableStart);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(TableLengthAt), table.Length);
        Digest(bytes, table).CopyTo(bytes, DigestAt);
        return bytes;
    }

    /// <summary>An entry of a table.</summary>
    /// <exception cref="ArgumentException">The name is too long.</exception>
    public static void WriteEntry(Stream table, string name, long start)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        if (text.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"A name of {text.Length} bytes is over the limit of {ushort.MaxValue}.", nameof(name));
        }

        Span<byte> numbers = stackalloc byte[sizeof(ushort) + sizeof(long)];
        BinaryPrimitives.WriteUInt16LittleEndian(numbers, (ushort)text.Length);
        BinaryPrimitives.WriteInt64LittleEndian(numbers[sizeof(ushort)..], start);
        table.Write(numbers[..sizeof(ushort)]);
        table.Write(text);
        table.Write(numbers[sizeof(ushort)..]);
    }

    /// <summary>The table of a file: where each matrix starts, unchecked; none if the file has another key or is not as it was written.</summary>
    public static Dictionary<string, long>? Table(MappedMemory memory, ReadOnlySpan<byte> key)
    {
        if (memory.Length < DataStart)
        {
            return null;
        }

        var prologue = memory.Span(0, DataStart);
        long start = BinaryPrimitives.ReadInt64LittleEndian(prologue[TableAt..]), length = BinaryPrimitives.ReadInt64LittleEndian(prologue[TableLengthAt..]);
        if (!prologue.StartsWith(Magic) || !prologue.Slice(KeyAt, KeyBytes).SequenceEqual(key)
            || length is < 0 or > MostTableBytes || start < DataStart || start != memory.Length - length)
        {
            return null;
        }

        var table = memory.Span(start, (int)length);
        return prologue.Slice(DigestAt, SHA256.HashSizeInBytes).SequenceEqual(Digest(prologue, table)) ? Entries(table) : null;
    }

    private static Dictionary<string, long>? Entries(ReadOnlySpan<byte> table)
    {
        var entries = new Dictionary<string, long>(StringComparer.Ordinal);
        while (!table.IsEmpty)
        {
            int length = table.Length < sizeof(ushort) ? int.MaxValue : BinaryPrimitives.ReadUInt16LittleEndian(table);
            if (length > table.Length - sizeof(ushort) - sizeof(long))
            {
                return null;
            }

            table = table[sizeof(ushort)..];
            if (!entries.TryAdd(Encoding.UTF8.GetString(table[..length]), BinaryPrimitives.ReadInt64LittleEndian(table[length..])))
            {
                return null;
            }

            table = table[(length + sizeof(long))..];
        }

        return entries;
    }

    private static byte[] Digest(ReadOnlySpan<byte> prologue, ReadOnlySpan<byte> table)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(prologue[..DigestAt]);
        digest.AppendData(table);
        return digest.GetHashAndReset();
    }
}
