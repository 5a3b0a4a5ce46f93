namespace Fovea.Parquet;

/// <summary>Reads the pages of a column chunk.</summary>
/// <param name="chunk">What the footer says of it.</param>
/// <param name="leaf">Its column.</param>
/// <param name="limits">What it may ask for.</param>
internal sealed class ColumnChunkReader(ColumnChunk chunk, SchemaNode leaf, ParquetLimits limits)
{
    private readonly ColumnValues _values = new(leaf);
    private ReadOnlyMemory<byte>[]? _dictionary;
    private long _decompressed;

    /// <summary>Reads all pages.</summary>
    /// <param name="bytes">The bytes of the chunk.</param>
    /// <param name="rows">Rows of the row group.</param>
    /// <exception cref="InvalidDataException">A page is damaged, or the pages are not what footer and headers say; the message names the page.</exception>
    public ColumnValues Read(byte[] bytes, long rows)
    {
        int page = 0;
        for (int position = 0; position < bytes.Length && _values.Count < chunk.ValueCount; page++)
        {
            try
            {
                position = ReadPage(bytes, position, page);
            }
            catch (InvalidDataException error)
            {
                throw new InvalidDataException($"page {page}: {error.Message}", error);
            }
        }

        return _values.Count == chunk.ValueCount && _values.RowCount == rows
            ? _values
            : throw new InvalidDataException($"its {page} pages have {_values.Count} values in {_values.RowCount} rows, where {chunk.ValueCount} in {rows} are declared");
    }

    /// <summary>Reads one page; returns where the next begins.</summary>
    private int ReadPage(byte[] bytes, int position, int page)
    {
        var (header, length) = PageHeader.Read(bytes.AsSpan(position));
        position += length;
        _decompressed += header.UncompressedSize;
        if (header.CompressedSize > bytes.Length - position || _decompressed > limits.ChunkBytes)
        {
            throw new InvalidDataException(
                $"its header declares {header.CompressedSize} bytes, {header.UncompressedSize} decompressed, where {bytes.Length - position} are left and {limits.ChunkBytes} are read in all");
        }

        var body = new ArraySegment<byte>(bytes, position, header.CompressedSize);
        switch (header.Type)
        {
            case PageType.DataPage:
                ReadFirst(header, PageCompression.Decompress(body, chunk.Codec, header.UncompressedSize));
                break;
            case PageType.DataPageV2:
                ReadSecond(header, body);
                break;
            case PageType.DictionaryPage when page == 0 && header.Encoding is ValueEncoding.Plain or ValueEncoding.PlainDictionary:
                _dictionary = PlainValues.Read(PageCompression.Decompress(body, chunk.Codec, header.UncompressedSize), leaf, header.ValueCount);
                break;
            case PageType.DictionaryPage:
                throw new InvalidDataException($"a dictionary in the encoding {header.Encoding}, or behind the first page");
            case PageType.IndexPage:
                break;
            default:
                throw new InvalidDataException($"the page type {(int)header.Type} does not exist");
        }

        return position + header.CompressedSize;
    }

    private void ReadFirst(PageHeader header, ReadOnlyMemory<byte> body)
    {
        CheckCount(header);
        var bytes = body.Span;
        byte[] repetition = LevelsOf(ref bytes, leaf.RepetitionLevel, header.RepetitionEncoding, header.ValueCount);
        byte[] definition = LevelsOf(ref bytes, leaf.DefinitionLevel, header.DefinitionEncoding, header.ValueCount);
        Add(header, repetition, definition, body[^bytes.Length..]);
    }

    private void ReadSecond(PageHeader header, ArraySegment<byte> body)
    {
        CheckCount(header);
        long levels = (long)header.RepetitionBytes + header.DefinitionBytes;
        if (levels > header.CompressedSize || levels > header.UncompressedSize)
        {
            throw new InvalidDataException($"its levels have {levels} bytes, and the page {header.CompressedSize}");
        }

        byte[] repetition = leaf.RepetitionLevel == 0 ? [] : Levels.Read(body[..header.RepetitionBytes], leaf.RepetitionLevel, header.ValueCount);
        byte[] definition = leaf.DefinitionLevel == 0 ? [] : Levels.Read(body.Slice(header.RepetitionBytes, header.DefinitionBytes), leaf.DefinitionLevel, header.ValueCount);
        var codec = header.IsCompressed ? chunk.Codec : CompressionCodec.Uncompressed;
        int rows = _values.RowCount, present = Add(header, repetition, definition, PageCompression.Decompress(body[(int)levels..], codec, header.UncompressedSize - (int)levels));
        if (header.ValueCount - present != header.NullCount || _values.RowCount - rows != header.RowCount)
        {
            throw new InvalidDataException(
                $"it has {header.ValueCount - present} nulls in {_values.RowCount - rows} rows, where its header declares {header.NullCount} in {header.RowCount}");
        }
    }

    /// <summary>Adds a page; returns how many values are not null.</summary>
    private int Add(PageHeader header, byte[] repetition, byte[] definition, ReadOnlyMemory<byte> bytes)
    {
        int present = leaf.DefinitionLevel == 0 ? header.ValueCount : definition.AsSpan().Count((byte)leaf.DefinitionLevel);
        var values = PageValues.Read(bytes, header.Encoding, leaf, present, _dictionary, (int)(limits.ChunkBytes - _decompressed));
        if (header.Encoding == ValueEncoding.DeltaByteArray)
        {
            // What values share with those before them takes no bytes in the page.
            _decompressed += values.Sum(value => (long)value.Length);
        }

        _values.Add(repetition, definition, values);
        return present;
    }

    private void CheckCount(PageHeader header)
    {
        if (header.ValueCount > chunk.ValueCount - _values.Count)
        {
            throw new InvalidDataException($"its header declares {header.ValueCount} values, and {chunk.ValueCount - _values.Count} are left in the column chunk");
        }
    }

    private static byte[] LevelsOf(ref ReadOnlySpan<byte> bytes, int largest, ValueEncoding encoding, int count) => largest == 0
        ? []
        : encoding == ValueEncoding.Rle ? Levels.Read(Levels.TakePrefixed(ref bytes), largest, count) : throw new InvalidDataException($"levels in the encoding {encoding} are not read");
}
