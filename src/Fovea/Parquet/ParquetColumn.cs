namespace Fovea.Parquet;

/// <summary>A field of a file's rows, read row group by row group: the one that was read last stays in memory.</summary>
/// <param name="reader">The file.</param>
/// <param name="node">The field.</param>
internal sealed class ParquetColumn(ParquetReader reader, SchemaNode node)
{
    private RecordReader? _records;
    private int _group = -1;

    /// <summary>The field.</summary>
    public SchemaNode Field => node;

    /// <summary>The value of a row; see <see cref="RecordReader"/> for its forms.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, or uses what is not read; the message names file, column, row group and page.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public object? Read(long row)
    {
        var (group, inGroup) = reader.Locate(row);
        try
        {
            return Records(group).Read(inGroup);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{reader.Path}: column {node.Name}, row group {group}: {error.Message}", error);
        }
    }

    private RecordReader Records(int group)
    {
        if (_records is null || group != _group)
        {
            // What was read before is let go first, so that two row groups are never in memory.
            _records = null;
            _records = new RecordReader(node, [.. Enumerable.Range(node.FirstColumn, node.Columns).Select(leaf => reader.ReadChunk(group, leaf))], reader.Limits.ChunkBytes);
            _group = group;
        }

        return _records;
    }
}
