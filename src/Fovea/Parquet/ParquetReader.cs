using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Fovea.Parquet;

/// <summary>
/// Reads files in the Apache Parquet format: all physical types and nesting; the encodings PLAIN, dictionary, RLE, DELTA and BYTE_STREAM_SPLIT; pages of both
/// versions; uncompressed or by Snappy, gzip or Brotli. Other encodings and codecs, encryption and columns in other files are refused by name. Checksums of
/// pages are not compared.
/// </summary>
/// <remarks>Source: apache/parquet-format, README.md, Encodings.md, LogicalTypes.md and parquet.thrift.</remarks>
internal sealed class ParquetReader : IDisposable
{
    private const int MagicBytes = 4, TailBytes = 8;

    private readonly SafeFileHandle _file;
    private readonly FileMetadata _metadata;
    private readonly long[] _ends;
    private readonly long _footer;

    private ParquetReader(string path, SafeFileHandle file, ParquetLimits limits)
    {
        (Path, _file, Limits) = (path, file, limits);
        try
        {
            Length = RandomAccess.GetLength(file);
            byte[] footer = ReadFooter();
            _footer = Length - TailBytes - footer.Length;
            _metadata = FileMetadata.Read(footer);
        }
        catch (InvalidDataException error)
        {
            throw new InvalidDataException($"{path}: {error.Message}", error);
        }

        long end = 0;
        _ends = [.. _metadata.RowGroups.Select(group => end += group.RowCount)];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What it may ask for.</summary>
    public ParquetLimits Limits { get; }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>Its fields.</summary>
    public Schema Schema => _metadata.Schema;

    /// <summary>What its writer noted.</summary>
    public IReadOnlyDictionary<string, string> KeyValues => _metadata.KeyValues;

    /// <summary>Its row groups.</summary>
    public IReadOnlyList<RowGroup> RowGroups => _metadata.RowGroups;

    /// <summary>Its rows.</summary>
    public long RowCount => _ends is [.., var last] ? last : 0;

    /// <summary>Opens a file and reads its footer.</summary>
    /// <exception cref="InvalidDataException">It is no Parquet file, damaged, or uses what is not read.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ParquetReader Open(string path, ParquetLimits? limits = null)
    {
        var file = File.OpenHandle(path);
        try
        {
            return new ParquetReader(path, file, limits ?? new ParquetLimits());
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A field of the rows; none if there is no such field.</summary>
    public ParquetColumn? Column(string name) => Schema.Fields.FirstOrDefault(field => field.Name == name) is { Columns: > 0 } field ? new ParquetColumn(this, field) : null;

    /// <summary>The row group of a row, and its number there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public (int Group, int Row) Locate(long row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, RowCount);
        int found = Array.BinarySearch(_ends, row + 1);
        int group = found >= 0 ? Array.IndexOf(_ends, row + 1) : ~found;
        long first = group > 0 ? _ends[group - 1] : 0;
        return RowGroups[group].RowCount <= Limits.ChunkValues
            ? (group, (int)(row - first))
            : throw new InvalidDataException($"{Path}: row group {group} has {RowGroups[group].RowCount} rows; at most {Limits.ChunkValues} are read");
    }

    /// <summary>Reads a column of a row group.</summary>
    public ColumnValues ReadChunk(int group, int column)
    {
        var chunk = RowGroups[group].Columns[column];
        var leaf = Schema.Leaves[column];
        try
        {
            if (chunk.Start < MagicBytes || chunk.CompressedSize > _footer - chunk.Start || chunk.CompressedSize > Limits.ChunkBytes || chunk.ValueCount > Limits.ChunkValues)
            {
                throw new InvalidDataException(
                    $"{chunk.ValueCount} values in {chunk.CompressedSize} bytes from byte {chunk.Start} are declared; they must lie before byte {_footer}, and at most "
                    + $"{Limits.ChunkValues} values and {Limits.ChunkBytes} bytes are read");
            }

            return new ColumnChunkReader(chunk, leaf, Limits).Read(ReadBytes(chunk.Start, (int)chunk.CompressedSize), RowGroups[group].RowCount);
        }
        catch (InvalidDataException error) when (leaf.Names.Count > 1)
        {
            throw new InvalidDataException($"{leaf.Path}: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private byte[] ReadFooter()
    {
        if (Length < MagicBytes + TailBytes)
        {
            throw new InvalidDataException($"{Length} bytes are no Parquet file");
        }

        byte[] tail = ReadBytes(Length - TailBytes, TailBytes);
        if (tail.AsSpan(sizeof(int)).SequenceEqual("PARE"u8))
        {
            throw new InvalidDataException("its footer is encrypted, which is not read");
        }

        if (!tail.AsSpan(sizeof(int)).SequenceEqual("PAR1"u8) || !ReadBytes(0, MagicBytes).AsSpan().SequenceEqual("PAR1"u8))
        {
            throw new InvalidDataException("it does not begin and end as a Parquet file does (PAR1)");
        }

        long length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        return length <= Length - MagicBytes - TailBytes && length <= Limits.FooterBytes
            ? ReadBytes(Length - TailBytes - length, (int)length)
            : throw new InvalidDataException($"its footer declares {length} bytes; the file has {Length}, and at most {Limits.FooterBytes} are read");
    }

    private byte[] ReadBytes(long offset, int count)
    {
        byte[] bytes = new byte[count];
        for (int done = 0; done < count;)
        {
            int read = RandomAccess.Read(_file, bytes.AsSpan(done), offset + done);
            done += read > 0 ? read : throw new InvalidDataException("it has become shorter since it was opened");
        }

        return bytes;
    }
}
