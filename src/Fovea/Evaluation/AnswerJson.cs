using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fovea.Reduction;

namespace Fovea.Evaluation;

/// <summary>Answers as JSON lines.</summary>
[JsonSerializable(typeof(AnsweredQuestion))]
internal sealed partial class AnswerJson : JsonSerializerContext
{
    /// <summary>The contract: snake case, nothing that is empty, characters beyond ASCII as they are.</summary>
    public static AnswerJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new SnakeCaseEnumConverter<PositionPolicy>(), new SnakeCaseEnumConverter<CachePolicy>() },
    });
}
