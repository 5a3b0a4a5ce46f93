namespace Fovea.Parquet;

/// <summary>The values of a data page, in each encoding that is read.</summary>
internal static class PageValues
{
    /// <summary>Reads values that are not null.</summary>
    /// <param name="bytes">What follows the levels.</param>
    /// <param name="encoding">How they are laid out.</param>
    /// <param name="leaf">Their column.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="dictionary">What indices refer to; none = the column has no dictionary.</param>
    /// <param name="limit">Bytes that they may have together.</param>
    /// <exception cref="InvalidDataException">The bytes end before, contradict each other, or the encoding is not read or does not fit the type.</exception>
    public static ReadOnlyMemory<byte>[] Read(ReadOnlyMemory<byte> bytes, ValueEncoding encoding, SchemaNode leaf, int count, ReadOnlyMemory<byte>[]? dictionary, int limit) =>
        (encoding, leaf.Type) switch
        {
            _ when count == 0 => [],
            (ValueEncoding.Plain, _) => PlainValues.Read(bytes, leaf, count),
            (ValueEncoding.PlainDictionary or ValueEncoding.RleDictionary, _) => ReadIndices(bytes.Span, count, dictionary ?? throw new InvalidDataException("it refers to a dictionary that is not there")),
            (ValueEncoding.Rle, PhysicalType.Boolean) => ReadBooleans(bytes.Span, count),
            (ValueEncoding.DeltaBinaryPacked, PhysicalType.Int32 or PhysicalType.Int64) => DeltaValues.ReadNumbers(bytes, leaf, count),
            (ValueEncoding.DeltaLengthByteArray, PhysicalType.ByteArray) => DeltaValues.ReadArrays(bytes, count),
            (ValueEncoding.DeltaByteArray, PhysicalType.ByteArray) => DeltaValues.ReadPrefixed(bytes, count, limit),
            (ValueEncoding.DeltaByteArray, PhysicalType.FixedLenByteArray) => OfWidth(DeltaValues.ReadPrefixed(bytes, count, limit), leaf.Width),
            (ValueEncoding.ByteStreamSplit, not (PhysicalType.Boolean or PhysicalType.ByteArray or PhysicalType.Int96)) => ReadSplit(bytes.Span, leaf.Width, count),
            _ => throw new InvalidDataException($"values of the type {leaf.Type} in the encoding {encoding} are not read"),
        };

    private static ReadOnlyMemory<byte>[] ReadIndices(ReadOnlySpan<byte> bytes, int count, ReadOnlyMemory<byte>[] dictionary)
    {
        PlainValues.Require(1, bytes.Length);
        int[] indices = new int[count];
        HybridRuns.Read(bytes[1..], bytes[0], indices);
        var values = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (uint)indices[i] < (uint)dictionary.Length
                ? dictionary[indices[i]]
                : throw new InvalidDataException($"it refers to entry {(uint)indices[i]} of a dictionary of {dictionary.Length}");
        }

        return values;
    }

    private static ReadOnlyMemory<byte>[] ReadBooleans(ReadOnlySpan<byte> bytes, int count)
    {
        int[] numbers = new int[count];
        HybridRuns.Read(Levels.TakePrefixed(ref bytes), 1, numbers);
        return Array.ConvertAll(numbers, number => PlainValues.Of(number != 0));
    }

    private static ReadOnlyMemory<byte>[] ReadSplit(ReadOnlySpan<byte> bytes, int width, int count)
    {
        PlainValues.Require((long)count * width, bytes.Length);
        byte[] plain = new byte[count * width];
        for (int stream = 0; stream < width; stream++)
        {
            for (int i = 0; i < count; i++)
            {
                plain[(i * width) + stream] = bytes[(stream * count) + i];
            }
        }

        return PlainValues.ReadFixed(plain, width, count);
    }

    private static ReadOnlyMemory<byte>[] OfWidth(ReadOnlyMemory<byte>[] values, int width) =>
        Array.Exists(values, value => value.Length != width)
            ? throw new InvalidDataException($"a value has not the {width} bytes of its type")
            : values;
}
