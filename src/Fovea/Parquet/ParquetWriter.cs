using System.Buffers.Binary;

namespace Fovea.Parquet;

/// <summary>
/// Writes a file in the Apache Parquet format: PLAIN, texts by gzip, one page for each column of a row group. It is written beside its place under another name
/// and takes its name when it is whole; in memory is one row group.
/// </summary>
/// <remarks>Source: apache/parquet-format, README.md and parquet.thrift.</remarks>
internal sealed class ParquetWriter : IDisposable
{
    private readonly string _path;
    private readonly string _partial;
    private readonly FileStream _stream;
    private readonly FileMetadata _metadata;
    private readonly List<RowGroup> _groups = [];
    private readonly ColumnBuffer[] _columns;
    private readonly RecordWriter _records;
    private int _rows;
    private bool _finished;

    /// <summary>Begins a file.</summary>
    /// <param name="path">The file; one that is there is replaced at the end. Its folder must be there.</param>
    /// <param name="schema">The fields of its rows.</param>
    /// <param name="keyValues">Notes for its readers.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public ParquetWriter(string path, Schema schema, IReadOnlyDictionary<string, string> keyValues)
    {
        (_path, _partial) = (path, $"{path}.{Guid.NewGuid():N}.partial");
        _metadata = new FileMetadata(schema, _groups, keyValues);
        _columns = [.. schema.Leaves.Select(leaf => new ColumnBuffer(leaf))];
        _records = new RecordWriter(_columns);
        _stream = new FileStream(_partial, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        _stream.Write("PAR1"u8);
    }

    /// <summary>Most rows of a row group.</summary>
    public int RowGroupRows { get; init; } = 100;

    /// <summary>Bytes of values after which a row group ends.</summary>
    public long RowGroupBytes { get; init; } = 1 << 26;

    /// <summary>Adds a row.</summary>
    /// <param name="values">Its values in the order of the fields, in the forms that <see cref="RecordReader"/> names.</param>
    /// <exception cref="ArgumentException">A value has not the form of its field; nothing more can be added then.</exception>
    public void Add(params ReadOnlySpan<object?> values)
    {
        var fields = _metadata.Schema.Fields;
        if (values.Length != fields.Count)
        {
            throw new ArgumentException($"{values.Length} values are no row of {fields.Count} fields.", nameof(values));
        }

        for (int i = 0; i < values.Length; i++)
        {
            _records.Write(fields[i], values[i]);
        }

        if (++_rows == RowGroupRows || _columns.Sum(column => column.Bytes) >= RowGroupBytes)
        {
            FlushRowGroup();
        }
    }

    /// <summary>Writes what is left and gives the file its name. Without this nothing stays.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Finish()
    {
        FlushRowGroup();
        long start = _stream.Position;
        _metadata.Write(_stream);
        Span<byte> length = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)(_stream.Position - start));
        _stream.Write(length);
        _stream.Write("PAR1"u8);
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_partial, _path, overwrite: true);
        _finished = true;
    }

    /// <summary>Closes the file; one that is not finished is removed.</summary>
    public void Dispose()
    {
        _stream.Dispose();
        Array.ForEach(_columns, column => column.Dispose());
        if (!_finished)
        {
            File.Delete(_partial);
        }
    }

    private void FlushRowGroup()
    {
        if (_rows > 0)
        {
            _groups.Add(new RowGroup(_rows, [.. _columns.Select(column => column.Flush(_stream))]));
            _rows = 0;
        }
    }
}
