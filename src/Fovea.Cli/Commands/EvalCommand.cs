using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Output;
using Fovea.Evaluation;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea eval DATA</c>: accuracy against visual tokens.</summary>
internal static class EvalCommand
{
    private static readonly Argument<string> Data = new("DATA") { Description = "folder with questions.jsonl and its pictures" };
    private static readonly Option<int?> Limit = new("--limit") { Description = "only the first N questions", HelpName = "N" };
    private static readonly Option<string?> Log = new("--out") { Description = "file for one JSON line a question; a run that was stopped goes on in it", HelpName = "FILE" };
    private static readonly Option<bool> Times = new("--times") { Description = "add the mean times of an answer to the table" };
    private static readonly Option<bool> Json = new("--json") { Description = "print one JSON object instead of a table" };

    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var sweep = new SweepOptions();
        var command = new ExampleCommand(
            "eval",
            "Measures how many questions of a set a model answers rightly, by kind, with every listed method and budget, configuration or plan.",
            "fovea eval models/foveola/eval",
            "fovea eval models/foveola/eval --method fastervlm,fastv --keep 72,36,16 --out answers.jsonl",
            "fovea eval models/foveola/eval --config pact.json,euti.json --times",
            "fovea eval models/foveola/eval --plan first.json,second.json --cache keep,trim",
            "fovea eval models/foveola/eval --method uniform --set mode=grid --set origin=center --keep 36 --positions keep,renumber --json")
        {
            Data,
            Limit,
            Log,
            Times,
            Json,
        };
        sweep.AddTo(command);
        command.SetAction(parsed => RunAsync(parsed, sweep, terminal));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, SweepOptions sweep, Terminal terminal)
    {
        var runs = sweep.Read(parsed);
        var loading = sweep.Loading(parsed);
        long featureCache = sweep.FeatureCache(parsed);
        var set = QuestionSet.Load(parsed.GetRequiredValue(Data));
        int count = parsed.GetValue(Limit) is { } limit
            ? limit >= 1 ? Math.Min(limit, set.Questions.Count) : throw new ArgumentException($"--limit is {limit}; it must be at least 1.")
            : set.Questions.Count;
        var questions = set.Questions.Take(count).ToList();
        using var log = parsed.GetValue(Log) is { } file ? AnswerLog.Open(file, runs, set.Questions) : null;
        var progress = new EvaluationProgress(terminal, questions, log);
        try
        {
            var results = await terminal.Interruption.RunAsync(async cancellation =>
            {
                using var model = await ModelLoading.LoadAsync(runs[0].Model, loading, runs.Select(run => run.PlanFor(0)), featureCache, terminal, cancellation).ConfigureAwait(false);
                return await progress.RunAsync(new Evaluator(model), runs, cancellation).ConfigureAwait(false);
            }).ConfigureAwait(false);
            string task = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(parsed.GetRequiredValue(Data))));
            foreach (string metrics in results.Select(result => result.WriteMetrics(task)).OfType<string>())
            {
                terminal.Note($"metrics: {metrics}");
            }

            var outputs = results.Select(result => result.Output).ToList();
            if (parsed.GetValue(Json))
            {
                terminal.Out.WriteLine(RunOutput.ToJson(outputs));
            }
            else
            {
                terminal.WriteResult(AccuracyTable.Of(outputs, parsed.GetValue(Times)));
                terminal.Out.WriteLine($"pictures: {outputs.Sum(run => run.PicturesEncoded)} encoded, {outputs.Sum(run => run.PicturesFromCache)} taken from the feature cache");
            }

            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            terminal.Note(log is null
                ? $"stopped after {progress.Answered} answers; with --out FILE they would have been kept"
                : $"stopped; {log.Answers.Count} answers are in {parsed.GetValue(Log)}, the same command goes on from there");
            return ExitCode.Interrupted;
        }
    }
}
