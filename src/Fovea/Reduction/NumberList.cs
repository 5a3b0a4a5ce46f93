using System.Globalization;
using System.Text.Json;

namespace Fovea.Reduction;

/// <summary>Numbers as options give them: one, an array, or text in which <c>;</c> separates and a fraction may stand.</summary>
internal static class NumberList
{
    public static List<double> Read(ref Utf8JsonReader reader)
    {
        var numbers = new List<double>();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Add(ref reader, numbers);
            return numbers;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Add(ref reader, numbers);
        }

        return numbers;
    }

    private static void Add(ref Utf8JsonReader reader, List<double> numbers)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            numbers.Add(reader.GetDouble());
            return;
        }

        string text = reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : throw new JsonException();
        numbers.AddRange(text.Split(';').Select(Parse));
    }

    private static double Parse(string text)
    {
        string[] parts = text.Split('/');
        return parts.Length <= 2 && Array.TrueForAll(parts, part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? parts.Select(part => double.Parse(part, CultureInfo.InvariantCulture)).Aggregate((whole, part) => whole / part)
            : throw new JsonException();
    }
}
