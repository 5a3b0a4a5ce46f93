using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>
/// The header of a safetensors file: eight bytes of length, then a JSON object {name: {dtype, shape, data_offsets}} with an optional
/// <c>__metadata__</c> of strings. Every rule of the format is checked here, so whoever holds a header may trust its ranges.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Bytes of the length in front of the JSON.</summary>
    public const int LengthBytes = 8;

    /// <summary>The format's own limit of the JSON.</summary>
    public const long MaxBytes = 100_000_000;

    /// <summary>The key that is not a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    private readonly string _file;

    private SafetensorsHeader(string file, long dataStart)
    {
        _file = file;
        DataStart = dataStart;
    }

    /// <summary>The tensors in the order of their bytes.</summary>
    public List<SafetensorsEntry> Entries { get; } = [];

    /// <summary>The strings under <c>__metadata__</c>.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Where in the file the offsets count from.</summary>
    public long DataStart { get; }

    /// <summary>Reads and checks the header of a mapped file.</summary>
    /// <exception cref="InvalidDataException">A rule of the format is broken; the message names file, tensor and reason.</exception>
    public static SafetensorsHeader Read(string file, MappedMemory memory)
    {
        if (memory.Length < LengthBytes)
        {
            throw new InvalidDataException($"{file}: {memory.Length} bytes are too short for a safetensors file.");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(memory.Span(0, LengthBytes));
        if (length > MaxBytes || length > (ulong)(memory.Length - LengthBytes))
        {
            throw new InvalidDataException($"{file}: a header of {length} bytes is over the limit of {MaxBytes} or the file's {memory.Length} bytes.");
        }

        var json = memory.Span(LengthBytes, (int)length);
        var header = new SafetensorsHeader(file, LengthBytes + (long)length);
        try
        {
            header.Parse(json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{file}: the header is not well-formed JSON: {error.Message}", error);
        }

        header.CheckRanges(memory.Length - header.DataStart);
        return header;
    }

    private void Parse(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw new InvalidDataException($"{_file}: the header is not UTF-8.");
        }

        var reader = new Utf8JsonReader(json);
        var names = new HashSet<string>(StringComparer.Ordinal);
        bool metadata = false;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new InvalidDataException($"{_file}: the header is not a JSON object.");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString() ?? "";
            if (name == MetadataKey ? metadata : !names.Add(name))
            {
                throw Broken(name, "is there twice");
            }

            reader.Read();
            if (name == MetadataKey)
            {
                metadata = true;
                ParseMetadata(ref reader);
            }
            else
            {
                Entries.Add(ParseEntry(ref reader, name));
            }
        }

        // Reads on to the end, so that anything behind the object is noticed.
        while (reader.Read())
        {
        }
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Broken(MetadataKey, "is not an object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString() ?? "";
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !Metadata.TryAdd(key, reader.GetString() ?? ""))
            {
                throw Broken(MetadataKey, $"has a key {key} that is not a string or is there twice");
            }
        }
    }

    private SafetensorsEntry ParseEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Broken(name, "is not an object");
        }

        string? dtype = null;
        long[]? extents = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString() ?? "";
            reader.Read();
            switch (key)
            {
                case "dtype" when dtype is null && reader.TokenType == JsonTokenType.String:
                    dtype = reader.GetString();
                    break;
                case "shape" when extents is null:
                    extents = ParseIntegers(ref reader, name, key, Shape.MaxRank);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ParseIntegers(ref reader, name, key, 2);
                    break;
                case "dtype" or "shape" or "data_offsets":
                    throw Broken(name, $"has a {key} of the wrong type, or twice");
                default:
                    reader.Skip();
                    break;
            }
        }

        if (dtype is null || extents is null || offsets is not [long start, long end])
        {
            throw Broken(name, "lacks dtype, shape or two data_offsets");
        }

        return SafetensorsType.TryParse(dtype, out var type)
            ? new SafetensorsEntry(name, type, CheckShape(name, type, extents, start, end), start, end)
            : throw Broken(name, $"has the unknown dtype {dtype}");
    }

    private long[] ParseIntegers(ref Utf8JsonReader reader, string name, string key, int limit)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Broken(name, $"has a {key} that is not an array");
        }

        var values = new List<long>(limit);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
            {
                throw Broken(name, $"has a {key} with an entry that is not an integer from 0 to 2^63 - 1");
            }

            if (values.Count == limit)
            {
                throw Broken(name, $"has a {key} of more than {limit} entries");
            }

            values.Add(value);
        }

        return [.. values];
    }

    private Shape CheckShape(string name, ElementType type, long[] extents, long start, long end)
    {
        UInt128 bytes = (UInt128)type.Bytes();
        foreach (long extent in extents)
        {
            if (extent > int.MaxValue)
            {
                throw Broken(name, $"has an extent of {extent}, over 2^31 - 1");
            }

            // A product of six extents and a size is below 2^190; beyond 2^63 no file reaches, so the check stops there.
            bytes = bytes > long.MaxValue ? throw Broken(name, "has a shape whose size overflows") : bytes * (ulong)extent;
        }

        if (bytes > long.MaxValue || end < start || (long)bytes != end - start)
        {
            throw Broken(name, $"has data_offsets [{start}, {end}], but {type} [{string.Join(", ", extents)}] takes {bytes} bytes");
        }

        return new Shape(Array.ConvertAll(extents, extent => (int)extent));
    }

    private void CheckRanges(long dataBytes)
    {
        Entries.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
        long position = 0;
        foreach (var entry in Entries)
        {
            if (entry.Start != position)
            {
                string fault = entry.Start < position ? "overlaps what ends at" : "leaves a gap behind";
                throw Broken(entry.Name, $"starts at byte {entry.Start} of the data and {fault} byte {position}");
            }

            position = entry.End;
            if (position > dataBytes)
            {
                throw Broken(entry.Name, $"ends at byte {position} of the data, but the file holds {dataBytes}");
            }
        }

        if (position != dataBytes)
        {
            throw new InvalidDataException($"{_file}: the tensors end at byte {position} of the data, but the file holds {dataBytes}.");
        }
    }

    private InvalidDataException Broken(string name, string reason) => new($"{_file}: {name} {reason}.");
}
