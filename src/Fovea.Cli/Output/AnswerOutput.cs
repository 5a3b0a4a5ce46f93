using System.Text.Json;
using Fovea.Generation;

namespace Fovea.Cli.Output;

/// <summary>One answer as JSON.</summary>
internal sealed record AnswerOutput(string Answer, string FinishReason, IReadOnlyList<int> Tokens, ReportOutput Stats)
{
    /// <summary>From a result.</summary>
    public static AnswerOutput Of(GenerationResult result) =>
        new(result.Text.Trim(), result.FinishReason == Generation.FinishReason.Stop ? "stop" : "length", result.Tokens, ReportOutput.Of(result.Report));

    /// <summary>One line.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, OutputJson.Plain.AnswerOutput);
}
