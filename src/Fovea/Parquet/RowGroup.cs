namespace Fovea.Parquet;

/// <summary>A range of rows: one column chunk for each column.</summary>
/// <param name="RowCount">Its rows.</param>
/// <param name="Columns">The chunks, in the order of the schema's leaves.</param>
internal sealed record RowGroup(long RowCount, IReadOnlyList<ColumnChunk> Columns)
{
    /// <summary>Reads a row group.</summary>
    public static RowGroup Read(ref CompactReader reader)
    {
        List<ColumnChunk>? columns = null;
        long rows = -1;
        for (int id = 0; reader.NextField(ref id, out var field);)
        {
            switch (id)
            {
                case 1:
                    columns = [];
                    for (int i = reader.List(field, CompactType.Struct); i > 0; i--)
                    {
                        columns.Add(ColumnChunk.Read(ref reader));
                    }

                    break;
                case 3:
                    rows = reader.LongCount(field);
                    break;
                default:
                    reader.Skip(field);
                    break;
            }
        }

        return columns is not null && rows >= 0 ? new RowGroup(rows, columns) : throw new InvalidDataException("the metadata of a row group are incomplete");
    }

    /// <summary>Writes a row group.</summary>
    public void Write(CompactWriter writer, Schema schema)
    {
        writer.Begin();
        writer.List(1, CompactType.Struct, Columns.Count);
        foreach (var (column, leaf) in Columns.Zip(schema.Leaves))
        {
            column.Write(writer, leaf);
        }

        writer.Int64(2, Columns.Sum(column => column.UncompressedSize));
        writer.Int64(3, RowCount);
        writer.Int64(5, Columns.Count > 0 ? Columns[0].DataPageOffset : 0);
        writer.Int64(6, Columns.Sum(column => column.CompressedSize));
        writer.End();
    }
}
