using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fovea.Reduction;

/// <summary>One number for all stages or a list of one for each: a JSON number, an array, or text in which <c>;</c> separates.</summary>
public sealed class WholeNumbersConverter : JsonConverter<IReadOnlyList<int>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<int> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        [.. NumberList.Read(ref reader).Select(value => value == Math.Truncate(value) && Math.Abs(value) <= int.MaxValue ? (int)value : throw new JsonException())];

    /// <inheritdoc/>
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
