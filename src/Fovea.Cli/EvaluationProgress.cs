using System.Diagnostics;
using Fovea.Evaluation;
using Spectre.Console;

namespace Fovea.Cli;

/// <summary>Carries out runs one after the other, keeps their answers, and shows how long they will take where somebody sees it.</summary>
internal sealed class EvaluationProgress(Terminal terminal, IReadOnlyList<EvaluationQuestion> questions, AnswerLog? log)
{
    /// <summary>Questions answered by now, those of an earlier start left out.</summary>
    public int Answered { get; private set; }

    /// <summary>Carries out runs.</summary>
    public Task<IReadOnlyList<FinishedRun>> RunAsync(Evaluator evaluator, IReadOnlyList<EvaluationRun> runs, CancellationToken cancellation) => terminal.IsInteractive
        ? terminal.ErrorConsole().Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                var bar = context.AddTask("questions", maxValue: runs.Count * questions.Count);
                return RunAsync(evaluator, runs, (run, done) =>
                {
                    bar.Description = Markup.Escape($"{run.Method} {run.Label}{run.Keep}".Trim());
                    bar.Increment(done);
                }, cancellation);
            })
        : RunAsync(evaluator, runs, (_, _) => { }, cancellation);

    private async Task<IReadOnlyList<FinishedRun>> RunAsync(Evaluator evaluator, IReadOnlyList<EvaluationRun> runs, Action<EvaluationRun, int> advance, CancellationToken cancellation)
    {
        var results = new List<FinishedRun>();
        foreach (var run in runs)
        {
            var ids = questions.Select(question => question.Id).ToHashSet(StringComparer.Ordinal);
            var answers = log?.Answers.Where(answer => answer.Run == run && ids.Contains(answer.Id)).ToList() ?? [];
            advance(run, answers.Count);
            long started = Stopwatch.GetTimestamp();
            await foreach (var answer in evaluator.RunAsync(questions, run, answers.Select(answer => answer.Id).ToHashSet(StringComparer.Ordinal), cancellation).ConfigureAwait(false))
            {
                log?.Add(answer);
                answers.Add(answer);
                Answered++;
                advance(run, 1);
            }

            results.Add(new FinishedRun(run, InOrder(answers), Stopwatch.GetElapsedTime(started)));
        }

        return results;
    }

    /// <summary>The answers in the order of the questions, however they were come by.</summary>
    private List<AnsweredQuestion> InOrder(List<AnsweredQuestion> answers)
    {
        var byId = answers.ToDictionary(answer => answer.Id, StringComparer.Ordinal);
        return [.. questions.Select(question => byId[question.Id])];
    }
}
