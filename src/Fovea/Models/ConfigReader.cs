using System.Text.Json;

namespace Fovea.Models;

/// <summary>Reads a JSON object of a checkpoint; a wrong or missing key is named with its file and path.</summary>
public readonly struct ConfigReader
{
    private readonly string _file;
    private readonly string _path;

    /// <summary>Reads <paramref name="element"/>.</summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="element">An object.</param>
    public ConfigReader(string file, JsonElement element)
        : this(file, "", element)
    {
    }

    private ConfigReader(string file, string path, JsonElement element)
    {
        _file = file;
        _path = path;
        Element = element;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{file}: {(path.Length == 0 ? "the document" : path)} must be an object, not {element.ValueKind}.");
        }
    }

    /// <summary>The object itself.</summary>
    public JsonElement Element { get; }

    /// <summary>Whether the key is there with a value other than null.</summary>
    public bool Has(string key) => Element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether the key is there, be it null.</summary>
    public bool Mentions(string key) => Element.TryGetProperty(key, out _);

    /// <summary>A nested object.</summary>
    /// <exception cref="InvalidDataException">It is missing or no object.</exception>
    public ConfigReader Object(string key) => Has(key)
        ? new ConfigReader(_file, $"{_path}{key}.", Element.GetProperty(key))
        : throw new InvalidDataException($"{_file}: {_path}{key} is missing.");

    /// <summary>A whole number of at least one.</summary>
    /// <exception cref="InvalidDataException">It is missing without a default, or not a positive whole number.</exception>
    public int Count(string key, int? missing = null)
    {
        int value = Whole(key, missing);
        return value > 0 ? value : throw Wrong(key, "a positive whole number");
    }

    /// <summary>A whole number.</summary>
    /// <exception cref="InvalidDataException">It is missing without a default, or not a whole number of 32 bits.</exception>
    public int Whole(string key, int? missing = null)
    {
        if (!Has(key))
        {
            return missing ?? throw new InvalidDataException($"{_file}: {_path}{key} is missing.");
        }

        return Element.GetProperty(key) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int value) ? value : throw Wrong(key, "a whole number");
    }

    /// <summary>A finite number.</summary>
    /// <exception cref="InvalidDataException">It is missing without a default, or not a number.</exception>
    public double Number(string key, double? missing = null)
    {
        if (!Has(key))
        {
            return missing ?? throw new InvalidDataException($"{_file}: {_path}{key} is missing.");
        }

        return Element.GetProperty(key) is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : throw Wrong(key, "a number");
    }

    /// <summary>True or false.</summary>
    /// <exception cref="InvalidDataException">The value is neither.</exception>
    public bool Flag(string key, bool missing) => !Has(key) ? missing : Element.GetProperty(key).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, "true or false"),
    };

    /// <summary>A text.</summary>
    /// <exception cref="InvalidDataException">It is missing without a default, or no text.</exception>
    public string Text(string key, string? missing = null)
    {
        if (!Has(key))
        {
            return missing ?? throw new InvalidDataException($"{_file}: {_path}{key} is missing.");
        }

        return Element.GetProperty(key) is { ValueKind: JsonValueKind.String } text ? text.GetString() ?? "" : throw Wrong(key, "a text");
    }

    /// <summary>A list of texts; empty if the key is missing.</summary>
    /// <exception cref="InvalidDataException">Something else stands there.</exception>
    public IReadOnlyList<string> Texts(string key)
    {
        if (!Has(key))
        {
            return [];
        }

        var value = Element.GetProperty(key);
        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(item => item.GetString() ?? "")]
            : throw Wrong(key, "a list of texts");
    }

    /// <summary>A whole number or a list of them, which may be empty; empty if the key is missing.</summary>
    /// <exception cref="InvalidDataException">Something else stands there.</exception>
    public IReadOnlyList<int> Wholes(string key)
    {
        if (!Has(key))
        {
            return [];
        }

        var value = Element.GetProperty(key);
        if (value.ValueKind == JsonValueKind.Number)
        {
            return [Whole(key)];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Wrong(key, "a whole number or a list of them");
        }

        var list = new List<int>();
        foreach (var item in value.EnumerateArray())
        {
            list.Add(item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int number) ? number : throw Wrong(key, "a list of whole numbers"));
        }

        return list;
    }

    /// <summary>The error of a value that cannot be used.</summary>
    public InvalidDataException Wrong(string key, string wanted) =>
        new($"{_file}: {_path}{key} must be {wanted}, not {(Mentions(key) ? Element.GetProperty(key).GetRawText() : "missing")}.");
}
