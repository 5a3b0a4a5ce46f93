namespace Fovea.Parquet;

/// <summary>A column in a row group: where its pages are, and what they hold together.</summary>
internal sealed record ColumnChunk
{
    public required PhysicalType Type { get; init; }

    public required CompressionCodec Codec { get; init; }

    /// <summary>Values, those that are null and empty lists counted.</summary>
    public required long ValueCount { get; init; }

    public required long UncompressedSize { get; init; }

    /// <summary>Bytes of all pages with their headers.</summary>
    public required long CompressedSize { get; init; }

    /// <summary>Where the first data page is.</summary>
    public required long DataPageOffset { get; init; }

    /// <summary>Where the dictionary is, if there is one before the data pages.</summary>
    public long DictionaryPageOffset { get; init; }

    /// <summary>How many values are null, if the file says so.</summary>
    public long? NullCount { get; init; }

    /// <summary>Where the first page is.</summary>
    public long Start => DictionaryPageOffset > 0 && DictionaryPageOffset < DataPageOffset ? DictionaryPageOffset : DataPageOffset;

    /// <summary>Reads a column chunk.</summary>
    public static ColumnChunk Read(ref CompactReader reader)
    {
        ColumnChunk? chunk = null;
        for (int id = 0; reader.NextField(ref id, out var field);)
        {
            switch (id)
            {
                case 1:
                    reader.Text(field);
                    throw new InvalidDataException("its columns lie in other files, which is not read");
                case 3:
                    reader.Struct(field);
                    chunk = ReadMetadata(ref reader);
                    break;
                case 8 or 9:
                    throw new InvalidDataException("it is encrypted, which is not read");
                default:
                    reader.Skip(field);
                    break;
            }
        }

        return chunk ?? throw new InvalidDataException("a column chunk has no metadata");
    }

    /// <summary>Writes a column chunk.</summary>
    public void Write(CompactWriter writer, SchemaNode leaf)
    {
        writer.Begin();
        writer.Int64(2, 0);
        writer.Begin(3);
        writer.Int32(1, (int)Type);
        writer.List(2, CompactType.I32, 2);
        writer.Element((int)ValueEncoding.Plain);
        writer.Element((int)ValueEncoding.Rle);
        writer.List(3, CompactType.Binary, leaf.Names.Count);
        foreach (string name in leaf.Names)
        {
            writer.Element(name);
        }

        writer.Int32(4, (int)Codec);
        writer.Int64(5, ValueCount);
        writer.Int64(6, UncompressedSize);
        writer.Int64(7, CompressedSize);
        writer.Int64(9, DataPageOffset);
        writer.Begin(12);
        writer.Int64(3, NullCount ?? 0);
        writer.End();
        writer.End();
        writer.End();
    }

    private static ColumnChunk ReadMetadata(ref CompactReader reader)
    {
        int type = -1, codec = -1;
        long values = -1, compressed = -1, data = -1, uncompressed = 0, dictionary = 0;
        long? nulls = null;
        for (int id = 0; reader.NextField(ref id, out var field);)
        {
            switch (id)
            {
                case 1:
                    type = reader.Int32(field);
                    break;
                case 4:
                    codec = reader.Int32(field);
                    break;
                case 5:
                    values = reader.LongCount(field);
                    break;
                case 6:
                    uncompressed = reader.LongCount(field);
                    break;
                case 7:
                    compressed = reader.LongCount(field);
                    break;
                case 9:
                    data = reader.LongCount(field);
                    break;
                case 11:
                    dictionary = reader.LongCount(field);
                    break;
                case 12:
                    reader.Struct(field);
                    nulls = ReadNullCount(ref reader);
                    break;
                default:
                    reader.Skip(field);
                    break;
            }
        }

        return type >= 0 && codec >= 0 && values >= 0 && compressed >= 0 && data >= 0
            ? new ColumnChunk
            {
                Type = (PhysicalType)type,
                Codec = (CompressionCodec)codec,
                ValueCount = values,
                UncompressedSize = uncompressed,
                CompressedSize = compressed,
                DataPageOffset = data,
                DictionaryPageOffset = dictionary,
                NullCount = nulls,
            }
            : throw new InvalidDataException("the metadata of a column chunk are incomplete");
    }

    private static long? ReadNullCount(ref CompactReader reader)
    {
        long? nulls = null;
        for (int id = 0; reader.NextField(ref id, out var field);)
        {
            if (id == 3)
            {
                nulls = reader.LongCount(field);
            }
            else
            {
                reader.Skip(field);
            }
        }

        return nulls;
    }
}
