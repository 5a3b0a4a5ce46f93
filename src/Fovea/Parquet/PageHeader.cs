namespace Fovea.Parquet;

/// <summary>What stands before a page.</summary>
internal sealed record PageHeader
{
    public required PageType Type { get; init; }

    public required int UncompressedSize { get; init; }

    public required int CompressedSize { get; init; }

    /// <summary>Values, nulls counted, or entries of a dictionary.</summary>
    public int ValueCount { get; init; }

    public ValueEncoding Encoding { get; init; }

    /// <summary>How the definition levels of a page of the first version are laid out.</summary>
    public ValueEncoding DefinitionEncoding { get; init; } = ValueEncoding.Rle;

    /// <summary>How the repetition levels of a page of the first version are laid out.</summary>
    public ValueEncoding RepetitionEncoding { get; init; } = ValueEncoding.Rle;

    /// <summary>Nulls of a page of the second version.</summary>
    public int NullCount { get; init; }

    /// <summary>Rows of a page of the second version.</summary>
    public int RowCount { get; init; }

    /// <summary>Bytes of the definition levels of a page of the second version.</summary>
    public int DefinitionBytes { get; init; }

    /// <summary>Bytes of the repetition levels of a page of the second version.</summary>
    public int RepetitionBytes { get; init; }

    /// <summary>Whether the values of a page of the second version are compressed.</summary>
    public bool IsCompressed { get; init; } = true;

    /// <summary>Reads a header; returns its bytes too.</summary>
    public static (PageHeader Header, int Bytes) Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        int type = -1, uncompressed = -1, compressed = -1;
        var page = new PageHeader { Type = default, UncompressedSize = 0, CompressedSize = 0, ValueCount = -1 };
        for (int id = 0; reader.NextField(ref id, out var field);)
        {
            switch (id)
            {
                case 1:
                    type = reader.Int32(field);
                    break;
                case 2:
                    uncompressed = reader.Count(field);
                    break;
                case 3:
                    compressed = reader.Count(field);
                    break;
                case 5 or 7:
                    page = ReadFirst(ref reader, field, page);
                    break;
                case 8:
                    page = ReadSecond(ref reader, field, page);
                    break;
                default:
                    reader.Skip(field);
                    break;
            }
        }

        return type >= 0 && uncompressed >= 0 && compressed >= 0 && (page.ValueCount >= 0 || type == (int)PageType.IndexPage)
            ? (page with { Type = (PageType)type, UncompressedSize = uncompressed, CompressedSize = compressed }, reader.Position)
            : throw new InvalidDataException("a page header is incomplete");
    }

    /// <summary>Writes the header of a data page of the first version.</summary>
    public void Write(Stream output)
    {
        var writer = new CompactWriter(output);
        writer.Begin();
        writer.Int32(1, (int)Type);
        writer.Int32(2, UncompressedSize);
        writer.Int32(3, CompressedSize);
        writer.Begin(5);
        writer.Int32(1, ValueCount);
        writer.Int32(2, (int)Encoding);
        writer.Int32(3, (int)DefinitionEncoding);
        writer.Int32(4, (int)RepetitionEncoding);
        writer.End();
        writer.End();
    }

    /// <summary>Reads what a page of the first version and a dictionary have in common; a dictionary has no levels.</summary>
    private static PageHeader ReadFirst(ref CompactReader reader, CompactType type, PageHeader page)
    {
        reader.Struct(type);
        for (int id = 0; reader.NextField(ref id, out var field);)
        {
            switch (id)
            {
                case 1:
                    page = page with { ValueCount = reader.Count(field) };
                    break;
                case 2:
                    page = page with { Encoding = (ValueEncoding)reader.Int32(field) };
                    break;
                case 3 when field == CompactType.I32:
                    page = page with { DefinitionEncoding = (ValueEncoding)reader.Int32(field) };
                    break;
                case 4:
                    page = page with { RepetitionEncoding = (ValueEncoding)reader.Int32(field) };
                    break;
                default:
                    reader.Skip(field);
                    break;
            }
        }

        return page;
    }

    private static PageHeader ReadSecond(ref CompactReader reader, CompactType type, PageHeader page)
    {
        reader.Struct(type);
        for (int id = 0; reader.NextField(ref id, out var field);)
        {
            switch (id)
            {
                case 1:
                    page = page with { ValueCount = reader.Count(field) };
                    break;
                case 2:
                    page = page with { NullCount = reader.Count(field) };
                    break;
                case 3:
                    page = page with { RowCount = reader.Count(field) };
                    break;
                case 4:
                    page = page with { Encoding = (ValueEncoding)reader.Int32(field) };
                    break;
                case 5:
                    page = page with { DefinitionBytes = reader.Count(field) };
                    break;
                case 6:
                    page = page with { RepetitionBytes = reader.Count(field) };
                    break;
                case 7:
                    page = page with { IsCompressed = CompactReader.Boolean(field) };
                    break;
                default:
                    reader.Skip(field);
                    break;
            }
        }

        return page;
    }
}
