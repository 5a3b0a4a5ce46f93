namespace Fovea.Parquet;

/// <summary>What the footer of a file says.</summary>
/// <param name="Schema">Its fields.</param>
/// <param name="RowGroups">Its row groups, in the order of the rows.</param>
/// <param name="KeyValues">What its writer noted.</param>
internal sealed record FileMetadata(Schema Schema, IReadOnlyList<RowGroup> RowGroups, IReadOnlyDictionary<string, string> KeyValues)
{
    private const int Version = 2;

    /// <summary>Reads a footer; its parts agree with each other.</summary>
    public static FileMetadata Read(ReadOnlySpan<byte> footer)
    {
        var reader = new CompactReader(footer);
        Schema? schema = null;
        List<RowGroup>? groups = null;
        var notes = new Dictionary<string, string>(StringComparer.Ordinal);
        long rows = -1;
        for (int id = 0; reader.NextField(ref id, out var field);)
        {
            switch (id)
            {
                case 2:
                    schema = Schema.Read(ref reader, field);
                    break;
                case 3:
                    rows = reader.LongCount(field);
                    break;
                case 4:
                    groups = [];
                    for (int i = reader.List(field, CompactType.Struct); i > 0; i--)
                    {
                        groups.Add(RowGroup.Read(ref reader));
                    }

                    break;
                case 5:
                    ReadKeyValues(ref reader, field, notes);
                    break;
                case 8:
                    throw new InvalidDataException("it is encrypted, which is not read");
                default:
                    reader.Skip(field);
                    break;
            }
        }

        if (schema is null || groups is null || rows < 0)
        {
            throw new InvalidDataException("its footer is incomplete");
        }

        Check(schema, groups, rows);
        return new FileMetadata(schema, groups, notes);
    }

    /// <summary>Writes a footer.</summary>
    public void Write(Stream output)
    {
        var writer = new CompactWriter(output);
        writer.Begin();
        writer.Int32(1, Version);
        Schema.Write(writer, 2);
        writer.Int64(3, RowGroups.Sum(group => group.RowCount));
        writer.List(4, CompactType.Struct, RowGroups.Count);
        foreach (var group in RowGroups)
        {
            group.Write(writer, Schema);
        }

        writer.List(5, CompactType.Struct, KeyValues.Count);
        foreach (var (key, value) in KeyValues.OrderBy(note => note.Key, StringComparer.Ordinal))
        {
            writer.Begin();
            writer.Text(1, key);
            writer.Text(2, value);
            writer.End();
        }

        writer.Text(6, "Fovea");
        writer.End();
    }

    private static void ReadKeyValues(ref CompactReader reader, CompactType type, Dictionary<string, string> notes)
    {
        for (int i = reader.List(type, CompactType.Struct); i > 0; i--)
        {
            string? key = null, value = null;
            for (int id = 0; reader.NextField(ref id, out var field);)
            {
                switch (id)
                {
                    case 1:
                        key = reader.Text(field);
                        break;
                    case 2:
                        value = reader.Text(field);
                        break;
                    default:
                        reader.Skip(field);
                        break;
                }
            }

            notes[key ?? throw new InvalidDataException("a note in the footer has no key")] = value ?? "";
        }
    }

    private static void Check(Schema schema, List<RowGroup> groups, long rows)
    {
        foreach (var (number, group) in groups.Index())
        {
            rows -= group.RowCount;
            if (rows < 0 || group.Columns.Count != schema.Leaves.Count)
            {
                throw new InvalidDataException($"row group {number} has {group.RowCount} rows in {group.Columns.Count} columns, which does not fit the footer");
            }

            foreach (var (column, leaf) in group.Columns.Zip(schema.Leaves))
            {
                if (column.Type != leaf.Type)
                {
                    throw new InvalidDataException($"column {leaf.Path} is {leaf.Type} in the schema and {(int)column.Type} in row group {number}");
                }
            }
        }

        if (rows != 0)
        {
            throw new InvalidDataException("its row groups have fewer rows than its footer says");
        }
    }
}
