using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fovea.Reduction;

/// <summary>One number for all stages or a list of one for each: a JSON number, an array, or text in which <c>;</c> separates.</summary>
internal sealed class WholeNumbersConverter : JsonConverter<IReadOnlyList<int>>
{
    public override IReadOnlyList<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        [.. NumberList.Read(ref reader).Select(value => value == Math.Truncate(value) && Math.Abs(value) <= int.MaxValue ? (int)value : throw new JsonException())];

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<int> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (int number in value)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}

/// <summary>As <see cref="WholeNumbersConverter"/>, with numbers that may be fractions such as <c>1/3</c>.</summary>
internal sealed class NumbersConverter : JsonConverter<IReadOnlyList<double>>
{
    public override IReadOnlyList<double> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => NumberList.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<double> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (double number in value)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}

file static class NumberList
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
