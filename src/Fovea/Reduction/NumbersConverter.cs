using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fovea.Reduction;

/// <summary>As <see cref="WholeNumbersConverter"/>, with numbers that may be fractions such as <c>1/3</c>.</summary>
public sealed class NumbersConverter : JsonConverter<IReadOnlyList<double>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<double> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => NumberList.Read(ref reader);

    /// <inheritdoc/>
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
