using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fovea.Cli.Output;

/// <summary>The JSON of <c>--json</c>: one line, snake case, characters beyond ASCII as they are.</summary>
[JsonSerializable(typeof(AnswerOutput))]
[JsonSerializable(typeof(ModelOutput))]
[JsonSerializable(typeof(MethodOutput[]))]
internal sealed partial class OutputJson : JsonSerializerContext
{
    /// <summary>The contracts.</summary>
    public static OutputJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
