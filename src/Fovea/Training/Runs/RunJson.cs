using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fovea.Training.Data;

namespace Fovea.Training.Runs;

/// <summary>The JSON that a run reads and writes: snake case, nothing that is empty, characters beyond ASCII as they are.</summary>
[JsonSerializable(typeof(TrainingOptions))]
[JsonSerializable(typeof(RunState))]
[JsonSerializable(typeof(RunMetrics))]
[JsonSerializable(typeof(SkippedSample))]
internal sealed partial class RunJson : JsonSerializerContext
{
    /// <summary>One line each.</summary>
    public static RunJson Lines { get; } = new(Settings(indented: false));

    /// <summary>For people to read.</summary>
    public static RunJson Files { get; } = new(Settings(indented: true));

    private static JsonSerializerOptions Settings(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
    };
}
