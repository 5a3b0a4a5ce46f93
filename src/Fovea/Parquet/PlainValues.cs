using System.Buffers.Binary;

namespace Fovea.Parquet;

/// <summary>
/// Values one behind the other (PLAIN). In memory every value of every type is its bytes as this encoding has them, without the length; a Boolean is a byte of
/// its own.
/// </summary>
internal static class PlainValues
{
    private static readonly ReadOnlyMemory<byte> False = new byte[] { 0 }, True = new byte[] { 1 };

    /// <summary>A Boolean in memory.</summary>
    public static ReadOnlyMemory<byte> Of(bool value) => value ? True : False;

    /// <summary>Reads values.</summary>
    /// <exception cref="InvalidDataException">The bytes end before.</exception>
    public static ReadOnlyMemory<byte>[] Read(ReadOnlyMemory<byte> bytes, SchemaNode leaf, int count) => leaf switch
    {
        { Type: PhysicalType.Boolean } => ReadBooleans(bytes.Span, count),
        { Type: PhysicalType.ByteArray } => ReadArrays(bytes, count),
        _ => ReadFixed(bytes, leaf.Width, count),
    };

    /// <summary>Cuts bytes into values of one width.</summary>
    /// <exception cref="InvalidDataException">The bytes end before.</exception>
    public static ReadOnlyMemory<byte>[] ReadFixed(ReadOnlyMemory<byte> bytes, int width, int count)
    {
        Require((long)count * width, bytes.Length);
        var values = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = bytes.Slice(i * width, width);
        }

        return values;
    }

    /// <summary>Ends the reading where there are fewer bytes than values need.</summary>
    public static void Require(long needed, int present)
    {
        if (needed > present)
        {
            throw new InvalidDataException($"its values take {needed} bytes, and {present} are left");
        }
    }

    private static ReadOnlyMemory<byte>[] ReadBooleans(ReadOnlySpan<byte> bytes, int count)
    {
        Require(((long)count + 7) / 8, bytes.Length);
        var values = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = Of((bytes[i >> 3] >> (i & 7) & 1) != 0);
        }

        return values;
    }

    private static ReadOnlyMemory<byte>[] ReadArrays(ReadOnlyMemory<byte> bytes, int count)
    {
        Require((long)count * sizeof(uint), bytes.Length);
        var values = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            Require(sizeof(uint), bytes.Length);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span);
            Require(sizeof(uint) + (long)length, bytes.Length);
            values[i] = bytes.Slice(sizeof(uint), (int)length);
            bytes = bytes[(sizeof(uint) + (int)length)..];
        }

        return values;
    }
}
