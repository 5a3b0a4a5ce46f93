using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Fovea.Parquet;

/// <summary>The values of a column in the row group that is being written.</summary>
/// <param name="leaf">The column.</param>
internal sealed class ColumnBuffer(SchemaNode leaf) : IDisposable
{
    private readonly List<int> _repetition = [];
    private readonly List<int> _definition = [];
    private readonly MemoryStream _values = new();
    private int _bits;
    private int _nulls;

    /// <summary>Bytes of the values.</summary>
    public long Bytes => _values.Length;

    /// <summary>Adds the place that a null or an empty list keeps.</summary>
    public void AddAbsent(int repetition, int definition)
    {
        _repetition.Add(repetition);
        _definition.Add(definition);
        _nulls++;
    }

    /// <summary>Adds a value.</summary>
    /// <exception cref="ArgumentException">It is not of the column's type, or a text that has no UTF-8.</exception>
    public void Add(int repetition, object value)
    {
        Write(value);
        _repetition.Add(repetition);
        _definition.Add(leaf.DefinitionLevel);
    }

    /// <summary>Writes everything as one page, and becomes empty.</summary>
    /// <param name="output">Where to; its position is the offset in the file.</param>
    public ColumnChunk Flush(Stream output)
    {
        long start = output.Position;
        using var body = new MemoryStream();
        WriteLevels(body, leaf.RepetitionLevel, _repetition);
        WriteLevels(body, leaf.DefinitionLevel, _definition);
        body.Write(_values.GetBuffer().AsSpan(0, (int)_values.Length));
        var plain = body.GetBuffer().AsSpan(0, (int)body.Length);

        // Texts shrink to a fraction; pictures are compressed already.
        var codec = leaf.Annotation == Annotation.String ? CompressionCodec.Gzip : CompressionCodec.Uncompressed;
        var stored = codec == CompressionCodec.Gzip ? PageCompression.Gzip(plain) : plain;
        new PageHeader { Type = PageType.DataPage, UncompressedSize = plain.Length, CompressedSize = stored.Length, ValueCount = _definition.Count }.Write(output);
        long header = output.Position - start;
        output.Write(stored);
        var chunk = new ColumnChunk
        {
            Type = leaf.Type,
            Codec = codec,
            ValueCount = _definition.Count,
            UncompressedSize = header + plain.Length,
            CompressedSize = header + stored.Length,
            DataPageOffset = start,
            NullCount = _nulls,
        };
        Clear();
        return chunk;
    }

    public void Dispose() => _values.Dispose();

    private static void WriteLevels(Stream output, int largest, List<int> levels)
    {
        if (largest > 0)
        {
            Levels.WritePrefixed(output, largest, CollectionsMarshal.AsSpan(levels));
        }
    }

    private void Write(object value)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        switch (leaf.Type, value)
        {
            case (PhysicalType.Boolean, bool bit):
                WriteBit(bit);
                break;
            case (PhysicalType.Int32, int whole):
                BinaryPrimitives.WriteInt32LittleEndian(number, whole);
                _values.Write(number[..sizeof(int)]);
                break;
            case (PhysicalType.Int64, long whole):
                BinaryPrimitives.WriteInt64LittleEndian(number, whole);
                _values.Write(number);
                break;
            case (PhysicalType.Float, float real):
                BinaryPrimitives.WriteSingleLittleEndian(number, real);
                _values.Write(number[..sizeof(float)]);
                break;
            case (PhysicalType.Double, double real):
                BinaryPrimitives.WriteDoubleLittleEndian(number, real);
                _values.Write(number);
                break;
            case (PhysicalType.ByteArray, _) when (value as byte[] ?? (value is string text ? Utf8Text.Bytes(text) : null)) is { } bytes:
                BinaryPrimitives.WriteInt32LittleEndian(number, bytes.Length);
                _values.Write(number[..sizeof(int)]);
                _values.Write(bytes);
                break;
            case (PhysicalType.FixedLenByteArray or PhysicalType.Int96, byte[] bytes) when bytes.Length == leaf.Width:
                _values.Write(bytes);
                break;
            default:
                throw new ArgumentException($"{value.GetType().Name} is no value of the column {leaf.Path}, which is {leaf.Type}.");
        }
    }

    private void WriteBit(bool bit)
    {
        if (_bits % 8 == 0)
        {
            _values.WriteByte(0);
        }

        if (bit)
        {
            _values.GetBuffer()[_values.Length - 1] |= (byte)(1 << (_bits % 8));
        }

        _bits++;
    }

    private void Clear()
    {
        _repetition.Clear();
        _definition.Clear();
        _values.SetLength(0);
        (_bits, _nulls) = (0, 0);
    }
}
