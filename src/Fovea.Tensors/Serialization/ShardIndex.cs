using System.Text.Json;

namespace Fovea.Tensors.Serialization;

/// <summary>The index of a checkpoint in several files, whatever their format: which tensor lies in which of them ("weight_map").</summary>
internal static class ShardIndex
{
    /// <summary>Reads the names and files; the files are relative to the folder of the index and stay inside it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The index is not well formed, or a file lies outside the folder.</exception>
    public static Dictionary<string, string> Read(string path)
    {
        using var memory = MappedMemory.Open(path);
        if (memory.Length > SafetensorsHeader.MaxBytes)
        {
            throw new InvalidDataException($"{path}: an index of {memory.Length} bytes is over the limit of {SafetensorsHeader.MaxBytes}.");
        }

        try
        {
            return Parse(path, memory.Span(0, (int)memory.Length));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: the index is not well-formed JSON: {error.Message}", error);
        }
    }

    private static Dictionary<string, string> Parse(string path, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new InvalidDataException($"{path}: the index is not a JSON object.");
        }

        Dictionary<string, string>? map = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isMap = reader.ValueTextEquals("weight_map");
            reader.Read();
            if (!isMap)
            {
                reader.Skip();
            }
            else
            {
                map = map is null ? ParseMap(path, ref reader) : throw new InvalidDataException($"{path}: weight_map is there twice.");
            }
        }

        while (reader.Read())
        {
        }

        return map ?? throw new InvalidDataException($"{path}: the index has no weight_map.");
    }

    private static Dictionary<string, string> ParseMap(string path, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new InvalidDataException($"{path}: weight_map is not an object.");
        }

        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString() ?? "";
            reader.Read();
            string file = (reader.TokenType == JsonTokenType.String ? reader.GetString() : null)
                ?? throw new InvalidDataException($"{path}: the file of {name} is not a string.");
            if (!StaysInside(file))
            {
                throw new InvalidDataException($"{path}: the file of {name}, {file}, is not a relative path inside the folder.");
            }

            if (!map.TryAdd(name, file))
            {
                throw new InvalidDataException($"{path}: {name} is there twice.");
            }
        }

        return map;
    }

    private static bool StaysInside(string file)
    {
        if (file.AsSpan().ContainsAny('\\', ':', '\0'))
        {
            return false;
        }

        foreach (string part in file.Split('/'))
        {
            if (part is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }
}
