using System.Text.Json;

namespace Fovea.Imaging.Processors;

/// <summary>Reads a processor's JSON. A key that is missing or null gives the default; one of the wrong kind is an error that names it.</summary>
internal readonly struct ConfigReader(JsonElement root, string file)
{
    public InvalidDataException Error(string key, string reason) => new($"{file}: {key} {reason}");

    public bool TryGet(string key, out JsonElement value)
    {
        value = default;
        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty(key, out value) && value.ValueKind != JsonValueKind.Null;
    }

    public string? Text(string key) => !TryGet(key, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Error(key, "is not a text");

    public bool Flag(string key, bool otherwise) => !TryGet(key, out var value) ? otherwise
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Error(key, "is not true or false");

    /// <summary>A whole number, at least <paramref name="least"/> and at most <paramref name="most"/>.</summary>
    public long Integer(string key, long otherwise, long least = 1, long most = int.MaxValue) =>
        TryGet(key, out var value) ? Integer(key, value, least, most) : otherwise;

    public double Number(string key, double otherwise)
    {
        if (!TryGet(key, out var value))
        {
            return otherwise;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number) && number != 0
            ? number
            : throw Error(key, "is not a number other than zero");
    }

    /// <summary>Three numbers, one for each channel; none may be zero where they divide.</summary>
    public double[] Channels(string key, double[] otherwise, bool divides)
    {
        if (!TryGet(key, out var value))
        {
            return otherwise;
        }

        double[] channels = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Take(4).Select(NumberOrNaN)] : [];
        return channels.Length == 3 && Array.TrueForAll(channels, number => double.IsFinite(number) && (number != 0 || !divides))
            ? channels
            : throw Error(key, "is not a list of three numbers" + (divides ? " other than zero" : ""));
    }

    /// <summary>A size: a number, or an object with <c>height</c> and <c>width</c>, <c>shortest_edge</c> or <c>longest_edge</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="otherwise">The default.</param>
    /// <param name="square">Whether a bare number is both sides; else it is the shortest edge.</param>
    public TargetSize Size(string key, TargetSize otherwise, bool square)
    {
        if (!TryGet(key, out var value))
        {
            return otherwise;
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            long side = Integer(key, value, 1, int.MaxValue);
            return square ? new TargetSize { Height = (int)side, Width = (int)side } : new TargetSize { ShortestEdge = side };
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Error(key, "is neither a number nor an object");
        }

        var inner = new ConfigReader(value, $"{file}: {key}");
        return new TargetSize
        {
            Height = (int)inner.Integer("height", 0),
            Width = (int)inner.Integer("width", 0),
            ShortestEdge = inner.Integer("shortest_edge", 0, 1, long.MaxValue),
            LongestEdge = inner.Integer("longest_edge", 0, 1, long.MaxValue),
        };
    }

    /// <summary>A list of [height, width].</summary>
    public ImageSize[] Sizes(string key, ImageSize[] otherwise)
    {
        if (!TryGet(key, out var value))
        {
            return otherwise;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0)
        {
            throw Error(key, "is not a list of [height, width]");
        }

        var sizes = new List<ImageSize>();
        foreach (var pair in value.EnumerateArray())
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
            {
                throw Error(key, "is not a list of [height, width]");
            }

            sizes.Add(new ImageSize((int)Integer(key, pair[0], 1, int.MaxValue), (int)Integer(key, pair[1], 1, int.MaxValue)));
        }

        return [.. sizes];
    }

    private static double NumberOrNaN(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;

    private long Integer(string key, JsonElement value, long least, long most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && Math.Floor(number) == number && number >= least && number <= most
            ? (long)number
            : throw Error(key, $"is not a whole number from {least} to {most}");
}
