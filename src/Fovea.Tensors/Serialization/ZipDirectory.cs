using System.Buffers.Binary;
using System.Text;

namespace Fovea.Tensors.Serialization;

/// <summary>
/// Where the entries of a zip archive lie in its file. Only archives whose entries are stored, not compressed, so that each is a range of the mapped file.
/// </summary>
/// <remarks>Format: PKWARE APPNOTE 6.3, sections 4.3.6 to 4.3.16 and 4.5.3 (Zip64).</remarks>
internal static class ZipDirectory
{
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const uint EntrySignature = 0x02014b50;
    private const uint LocalSignature = 0x04034b50;
    private const int EndBytes = 22;
    private const int End64Bytes = 56;
    private const int Locator64Bytes = 20;
    private const int EntryBytes = 46;
    private const int LocalBytes = 30;
    private const int Encrypted = 1;

    /// <summary>Whether a file begins as zip archives do.</summary>
    public static bool IsZip(MappedMemory memory) => memory.Length >= EndBytes && BinaryPrimitives.ReadUInt32LittleEndian(memory.Span(0, 4)) == LocalSignature;

    /// <summary>Reads the central directory.</summary>
    /// <returns>Name → first byte and length of its data.</returns>
    /// <exception cref="InvalidDataException">The archive is damaged, or an entry is compressed or encrypted; the message names it.</exception>
    public static Dictionary<string, (long Start, long Length)> Read(string file, MappedMemory memory)
    {
        var (position, bytes, count) = FindDirectory(file, memory);
        var entries = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        long end = position + bytes;
        for (long i = 0; i < count; i++)
        {
            if (position > end - EntryBytes)
            {
                throw Damaged(file, $"its directory ends before entry {i} of {count}");
            }

            var fixedPart = memory.Span(position, EntryBytes);
            int nameBytes = U16(fixedPart, 28), extraBytes = U16(fixedPart, 30), commentBytes = U16(fixedPart, 32);
            if (U32(fixedPart, 0) != EntrySignature || position > end - EntryBytes - nameBytes - extraBytes - commentBytes)
            {
                throw Damaged(file, $"entry {i} of its directory is not well formed");
            }

            string name = Encoding.UTF8.GetString(memory.Span(position + EntryBytes, nameBytes));
            var range = Locate(file, memory, name, fixedPart, memory.Span(position + EntryBytes + nameBytes, extraBytes));
            if (!entries.TryAdd(name, range))
            {
                throw Damaged(file, $"{name} is there twice");
            }

            position += EntryBytes + nameBytes + extraBytes + commentBytes;
        }

        return entries;
    }

    private static (long Start, long Bytes, long Count) FindDirectory(string file, MappedMemory memory)
    {
        long lowest = Math.Max(0, memory.Length - EndBytes - ushort.MaxValue), at = memory.Length - EndBytes;
        while (at >= lowest && U32(memory.Span(at, 4), 0) != EndSignature)
        {
            at--;
        }

        if (at < lowest)
        {
            throw Damaged(file, "it has no directory; the file may be cut off");
        }

        var end = memory.Span(at, EndBytes);
        (long start, long bytes, long count) = (U32(end, 16), U32(end, 12), U16(end, 10));
        if ((start == uint.MaxValue || bytes == uint.MaxValue || count == ushort.MaxValue) && at >= Locator64Bytes
            && U32(memory.Span(at - Locator64Bytes, 4), 0) == Locator64Signature)
        {
            long at64 = I64(memory.Span(at - Locator64Bytes, Locator64Bytes), 8);
            if (at64 < 0 || at64 > at - End64Bytes || U32(memory.Span(at64, 4), 0) != End64Signature)
            {
                throw Damaged(file, "its Zip64 directory is not where it should be");
            }

            var end64 = memory.Span(at64, End64Bytes);
            (start, bytes, count) = (I64(end64, 48), I64(end64, 40), I64(end64, 32));
        }

        return start >= 0 && bytes >= 0 && count >= 0 && start <= at && bytes <= at - start
            ? (start, bytes, count)
            : throw Damaged(file, "its directory does not lie inside the file");
    }

    private static (long Start, long Length) Locate(string file, MappedMemory memory, string name, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra)
    {
        if (U16(entry, 10) != 0 || (U16(entry, 8) & Encrypted) != 0)
        {
            throw Damaged(file, $"{name} is compressed or encrypted; only stored entries are read");
        }

        long length = U32(entry, 24), local = U32(entry, 42);
        Zip64(extra, U32(entry, 20) == uint.MaxValue, ref length, ref local);
        if (local < 0 || length < 0 || local > memory.Length - LocalBytes || U32(memory.Span(local, 4), 0) != LocalSignature)
        {
            throw Damaged(file, $"{name} does not lie inside the file");
        }

        var header = memory.Span(local, LocalBytes);
        long start = local + LocalBytes + U16(header, 26) + U16(header, 28);
        return start <= memory.Length - length ? (start, length) : throw Damaged(file, $"{name} of {length} bytes does not lie inside the file");
    }

    /// <summary>Replaces sizes that 32 bits cannot hold: original size, compressed size and place, each only where the entry says "see there".</summary>
    private static void Zip64(ReadOnlySpan<byte> extra, bool compressed, ref long length, ref long local)
    {
        while (extra.Length >= 4)
        {
            int bytes = Math.Min(U16(extra, 2), extra.Length - 4);
            var field = extra.Slice(4, bytes);
            if (U16(extra, 0) == 1)
            {
                Take(ref field, length == uint.MaxValue, ref length);
                long ignored = 0;
                Take(ref field, compressed, ref ignored);
                Take(ref field, local == uint.MaxValue, ref local);
                return;
            }

            extra = extra[(4 + bytes)..];
        }
    }

    private static void Take(ref ReadOnlySpan<byte> field, bool present, ref long value)
    {
        if (present && field.Length >= sizeof(long))
        {
            value = I64(field, 0);
            field = field[sizeof(long)..];
        }
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private static InvalidDataException Damaged(string file, string reason) => new($"{file}: the zip archive cannot be read: {reason}.");
}
