using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fovea.Training.Runs;

/// <summary>Where a run stands, beside its numbers: enough to go on to the same bits.</summary>
/// <param name="Step">Steps taken. With the seed it determines the samples of the next one.</param>
/// <param name="Samples">What the samples are.</param>
/// <param name="Kernels">The kernels that computed; others may round differently.</param>
/// <param name="Options">The configuration.</param>
internal sealed record RunState(int Step, string Samples, string Kernels, TrainingOptions Options)
{
    /// <summary>Options that do not change what is learnt.</summary>
    private static readonly string[] Free =
    [
        "output_dir", "broken_samples", "threads", "logging_steps", "save_steps", "save_total_limit", "eval_data_path", "eval_image_folder", "eval_questions",
        "eval_questions_count", "eval_steps",
    ];

    /// <summary>Why a run under another state cannot go on from here; empty if it can.</summary>
    public string DifferenceTo(RunState other)
    {
        JsonObject ours = Json(Options), theirs = Json(other.Options);
        var names = ours.Concat(theirs).Select(option => option.Key).Distinct().Where(name => !Free.Contains(name) && !JsonNode.DeepEquals(ours[name], theirs[name]));
        string different = string.Join(", ", names.Select(name => $"{name} was {Text(ours[name])} and is {Text(theirs[name])}"));
        return different.Length > 0 ? different : Samples != other.Samples ? "the samples are others" : "";
    }

    private static JsonObject Json(TrainingOptions options) => JsonSerializer.SerializeToNode(options, RunJson.Lines.TrainingOptions) as JsonObject ?? [];

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "not set";
}
