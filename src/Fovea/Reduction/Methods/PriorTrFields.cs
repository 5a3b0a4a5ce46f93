using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fovea.Reduction.Methods;

/// <summary>Values of PriorTR's configuration, read as its Python reads them.</summary>
internal static class PriorTrFields
{
    /// <summary>A text typed as the evaluation harness types it: truth values, numbers, brackets as lists, nothing, else text.</summary>
    public static JsonNode? Typed(string text) => text switch
    {
        "" or "None" or "none" or "null" => null,
        "True" or "true" => JsonValue.Create(true),
        "False" or "false" => JsonValue.Create(false),
        _ when text.StartsWith('[') && text.EndsWith(']') => new JsonArray([.. text[1..^1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => Typed(part.Trim()))]),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    /// <summary>One number or several; none if there is nothing.</summary>
    /// <exception cref="ArgumentException">No number; the message names the field.</exception>
    public static IReadOnlyList<double>? Numbers(JsonObject fields, string name)
    {
        try
        {
            return fields[name] switch
            {
                null => null,
                JsonArray { Count: 0 } => null,
                JsonArray list => [.. list.Select(number => Number(number))],
                JsonValue value when value.GetValueKind() == JsonValueKind.String => [.. value.GetValue<string>().Split(';').Select(part => Number(Typed(part.Trim())))],
                var value => [Number(value)],
            };
        }
        catch (FormatException)
        {
            throw Wrong(fields, name, "a number, or several with ; between them");
        }
    }

    /// <summary>One whole number or several.</summary>
    /// <exception cref="ArgumentException">No whole number; the message names the field.</exception>
    public static IReadOnlyList<int>? Wholes(JsonObject fields, string name) => Numbers(fields, name)?.Select(
        number => number == Math.Truncate(number) && Math.Abs(number) <= int.MaxValue ? (int)number : throw Wrong(fields, name, "a whole number")).ToArray();

    /// <summary>One number.</summary>
    /// <exception cref="ArgumentException">No number, or several; the message names the field.</exception>
    public static double? Single(JsonObject fields, string name) => Numbers(fields, name) switch
    {
        null => null,
        [var one] => one,
        _ => throw Wrong(fields, name, "one number"),
    };

    /// <summary>A truth value; 1, yes and on count as one.</summary>
    public static bool Flag(JsonObject fields, string name) => fields[name] is { } value
        && (value.GetValueKind() == JsonValueKind.True || value.ToString().ToLowerInvariant() is "1" or "yes" or "on" or "true");

    /// <summary>A text.</summary>
    public static string? Text(JsonObject fields, string name) => fields[name]?.ToString();

    /// <summary>What is wrong with a field.</summary>
    public static ArgumentException Wrong(JsonObject fields, string name, string wanted) =>
        new($"{name} is {fields[name]?.ToJsonString() ?? "not set"}; it takes {wanted}.");

    private static double Number(JsonNode? value) => value is JsonValue number && number.GetValueKind() == JsonValueKind.Number
        ? double.Parse(number.ToJsonString(), CultureInfo.InvariantCulture)
        : throw new FormatException();
}
