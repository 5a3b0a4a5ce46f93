using System.Text.Json;
using Fovea.Evaluation;
using Fovea.Reduction;

namespace Fovea.Cli.Output;

/// <summary>One run of an evaluation as JSON; accuracies in percent.</summary>
internal sealed record RunOutput
{
    public required string Label { get; init; }

    public required string Model { get; init; }

    /// <summary>The format of the matrices; empty = as stored.</summary>
    public required string Weights { get; init; }

    public required string Method { get; init; }

    public required string Keep { get; init; }

    public required string Options { get; init; }

    /// <summary>The plan in one line; empty where a method was named.</summary>
    public required string Plan { get; init; }

    public required PositionPolicy Positions { get; init; }

    /// <summary>None where it was left to the method or the plan.</summary>
    public required CachePolicy? Cache { get; init; }

    public required ulong Seed { get; init; }

    public required int MaxTokens { get; init; }

    public required int Questions { get; init; }

    public required double VisualTokens { get; init; }

    /// <summary>Mean over all layers; none where an earlier start did not note it.</summary>
    public required double? MeanVisualTokens { get; init; }

    /// <summary>Pictures that were encoded for the answers, and that came from the cache of vision features.</summary>
    public required int PicturesEncoded { get; init; }

    public required int PicturesFromCache { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Mean milliseconds of an answer's reductions, and of the language model with them.</summary>
    public required double? SelectionMs { get; init; }

    public required double? GenerationMs { get; init; }

    /// <summary>By kind, and <c>all</c>.</summary>
    public required Dictionary<string, double> Accuracy { get; init; }

    /// <summary>From the answers of a run.</summary>
    public static RunOutput Of(EvaluationRun run, IReadOnlyList<AnsweredQuestion> answers, TimeSpan time)
    {
        var accuracy = Evaluation.Accuracy.Of(answers);
        return new RunOutput
        {
            Label = run.Label,
            Model = run.Model,
            Weights = run.Weights,
            Method = run.Method,
            Keep = run.Keep,
            Options = run.Options,
            Plan = run.Plan,
            Positions = run.Positions,
            Cache = run.Cache,
            Seed = run.Seed,
            MaxTokens = run.MaxNewTokens,
            Questions = accuracy.Questions,
            VisualTokens = Math.Round(accuracy.VisualTokens, 2),
            MeanVisualTokens = accuracy.MeanTokens is { } mean ? Math.Round(mean, 2) : null,
            SelectionMs = accuracy.SelectionSeconds is { } selection ? Math.Round(1000 * selection, 3) : null,
            GenerationMs = accuracy.GenerationSeconds is { } generation ? Math.Round(1000 * generation, 3) : null,
            PicturesEncoded = answers.Sum(answer => answer.Cost?.PicturesEncoded ?? 0),
            PicturesFromCache = answers.Sum(answer => answer.Cost?.PicturesFromCache ?? 0),
            Seconds = Math.Round(time.TotalSeconds, 2),
            Accuracy = accuracy.ByKind.Append(new("all", accuracy.All)).ToDictionary(kind => kind.Key, kind => Math.Round(kind.Value, 4)),
        };
    }

    /// <summary>One line: the run itself if there is one, else all under <c>runs</c>.</summary>
    public static string ToJson(IReadOnlyList<RunOutput> runs) => runs.Count == 1
        ? JsonSerializer.Serialize(runs[0], OutputJson.Plain.RunOutput)
        : JsonSerializer.Serialize(new SweepOutput(runs), OutputJson.Plain.SweepOutput);
}
