using System.Text.Json;

namespace Fovea.Text;

/// <summary>A value of a JSON file that knows where it stands, so that every complaint names file and key.</summary>
internal readonly record struct JsonField(JsonElement Element, string File, string Path)
{
    /// <summary>Parses a file; the values live as long as the process keeps them.</summary>
    /// <exception cref="InvalidDataException">The file is not JSON.</exception>
    public static JsonField Load(string path)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(path);
            return new JsonField(JsonDocument.Parse(stream).RootElement, path, "");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is not valid JSON: {exception.Message}", exception);
        }
    }

    /// <summary>Whether the value is an object.</summary>
    public bool IsObject => Element.ValueKind == JsonValueKind.Object;

    /// <summary>Whether the value is a text.</summary>
    public bool IsText => Element.ValueKind == JsonValueKind.String;

    /// <summary>The value under a key; null if there is none or it is null.</summary>
    public JsonField? Optional(string key) => IsObject && Element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null
        ? new JsonField(value, File, Path.Length == 0 ? key : $"{Path}.{key}")
        : null;

    /// <summary>The value under a key.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is null.</exception>
    public JsonField Required(string key) => Optional(key) ?? throw Error($"has no \"{key}\"");

    /// <summary>The entries of an array.</summary>
    public IEnumerable<JsonField> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
        {
            throw Error("must be an array");
        }

        int index = 0;
        foreach (var item in Element.EnumerateArray())
        {
            yield return new JsonField(item, File, $"{Path}[{index++}]");
        }
    }

    /// <summary>The entries of an object.</summary>
    public IEnumerable<(string Key, JsonField Value)> Properties()
    {
        if (!IsObject)
        {
            throw Error("must be an object");
        }

        foreach (var property in Element.EnumerateObject())
        {
            string name = Decode(() => property.Name);
            yield return (name, new JsonField(property.Value, File, Path.Length == 0 ? name : $"{Path}.{name}"));
        }
    }

    /// <summary>The text.</summary>
    public string Text()
    {
        var element = IsText ? Element : throw Error("must be a text");
        return Decode(() => element.GetString() ?? "");
    }

    /// <summary>The integer.</summary>
    public int Integer() => Element.ValueKind == JsonValueKind.Number && Element.TryGetInt32(out int value) ? value : throw Error("must be an integer of 32 bits");

    /// <summary>The number.</summary>
    public double Number() => Element.ValueKind == JsonValueKind.Number && Element.TryGetDouble(out double value) ? value : throw Error("must be a number");

    /// <summary>The truth value.</summary>
    public bool Boolean() => Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error("must be true or false"),
    };

    /// <summary>The truth value under a key, or a default.</summary>
    public bool Flag(string key, bool absent = false) => Optional(key)?.Boolean() ?? absent;

    /// <summary>The error that says what is wrong with this value.</summary>
    public InvalidDataException Error(string problem) => new($"{File}: {(Path.Length == 0 ? "the file" : Path)} {problem}");

    private string Decode(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException exception)
        {
            // An escaped lone surrogate has no UTF-16 text.
            throw new InvalidDataException($"{File}: {Path} holds text that is not valid Unicode", exception);
        }
    }
}
