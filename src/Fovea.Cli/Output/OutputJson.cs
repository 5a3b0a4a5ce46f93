using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fovea.Reduction;

namespace Fovea.Cli.Output;

/// <summary>The JSON of <c>--json</c>: one line, snake case, characters beyond ASCII as they are.</summary>
[JsonSerializable(typeof(AnswerOutput))]
[JsonSerializable(typeof(ModelOutput))]
[JsonSerializable(typeof(PictureViewOutput))]
[JsonSerializable(typeof(MethodOutput[]))]
[JsonSerializable(typeof(QuantizationOutput))]
[JsonSerializable(typeof(ProcessorOutput))]
[JsonSerializable(typeof(RunOutput))]
[JsonSerializable(typeof(ScalingFitOutput[]))]
[JsonSerializable(typeof(ScalingChoiceOutput[]))]
[JsonSerializable(typeof(SweepOutput))]
[JsonSerializable(typeof(TokenOutput[]))]
[JsonSerializable(typeof(Dictionary<string, double>))]
[JsonSerializable(typeof(string))]
internal sealed partial class OutputJson : JsonSerializerContext
{
    /// <summary>The contracts.</summary>
    public static OutputJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new SnakeCaseEnumConverter<PositionPolicy>(), new SnakeCaseEnumConverter<CachePolicy>() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
