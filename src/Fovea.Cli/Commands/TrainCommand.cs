using System.CommandLine;
using System.Globalization;
using Fovea.Cli.Options;
using Fovea.Cli.Output;
using Fovea.Training.Runs;
using Spectre.Console;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea train CONFIG</c>: trains a model as LLaVA is trained.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string?> Configuration = new("CONFIG") { Description = "JSON file with the options of the run", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string[]> Settings = new("--set") { Description = "an option in place of that of the file; may be repeated", HelpName = "NAME=VALUE" };
    private static readonly Option<bool> Resume = new("--resume") { Description = "go on with the run in output_dir from its newest checkpoint, or begin if there is none" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "show what would be trained on what, for how long and in how much memory, and stop" };
    private static readonly Option<bool> List = new("--options") { Description = "show all options with their defaults, and stop" };

    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new ExampleCommand(
            "train",
            "Trains a model on conversations about pictures, as LLaVA is trained: the projector, or all but the vision encoder.",
            "fovea train docs/guides/projector.json",
            "fovea train docs/guides/projector.json --dry-run",
            "fovea train docs/guides/projector.json --set learning_rate=0.002 --set output_dir=second",
            "fovea train docs/guides/projector.json --set data_path=scenes.parquet",
            "fovea train docs/guides/projector.json --resume",
            "fovea train --options") { Configuration, Settings, Resume, DryRun, List };
        command.SetAction(parsed => terminal.Interruption.RunAsync(cancellation => Task.FromResult(Run(parsed, terminal, cancellation))));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        if (parsed.GetValue(List))
        {
            terminal.WriteResult(Options());
            return ExitCode.Success;
        }

        string file = parsed.GetValue(Configuration) ?? throw new ArgumentException("The configuration is missing: fovea train CONFIG.");
        var options = TrainingOptionsFile.Read(file, ReductionOptions.Settings(parsed.GetValue(Settings) ?? []), terminal.Note);
        if (parsed.GetValue(DryRun))
        {
            using var setup = TrainingSetup.Open(options);
            terminal.WriteResult(Plan(setup.Plan));
            return ExitCode.Success;
        }

        using var run = TrainingRun.Open(options, parsed.GetValue(Resume), new RunObserver { Note = terminal.Note, Metrics = (metrics, left) => Show(metrics, left, terminal) });
        var plan = run.Plan;
        terminal.Note($"{plan.TrainedParameters:N0} of {plan.Parameters:N0} parameters, {plan.Samples} samples, {plan.Steps} steps");
        if (!run.Run(cancellation))
        {
            terminal.Note($"stopped after step {run.Step}; checkpoint-{run.Step} is in {options.OutputDir}, and the same command with --resume goes on from there");
            return ExitCode.Interrupted;
        }

        if (run.Skipped > 0)
        {
            terminal.Note($"{run.Skipped} samples were not learnt; skipped.jsonl says why");
        }

        return ExitCode.Success;
    }

    private static void Show(RunMetrics metrics, TimeSpan left, Terminal terminal)
    {
        FormattableString what = metrics switch
        {
            { EvalLoss: { } held } => $"held-out loss {held:F4}",
            { EvalAccuracy: { } right, EvalAccuracyByKind: { } kinds } =>
                $"right {right:F1} % of {metrics.EvalQuestions} questions: {string.Join(", ", kinds.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value:F1}")))}",
            _ => $"loss {metrics.Loss:F4}  rate {metrics.LearningRate:0.00e+0}  {metrics.SamplesPerSecond:F1} samples/s  {metrics.TokensPerSecond:F0} tokens/s  left {Duration(left)}",
        };
        terminal.Error.WriteLine($"step {metrics.Step}  {FormattableString.Invariant(what)}");
    }

    private static string Duration(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours} h {time.Minutes:00} min")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s");

    private static Table Options()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("option", "takes", "default", "meaning");
        foreach (var option in TrainingOptionsFile.Options)
        {
            table.AddRow(Markup.Escape(option.Name), Markup.Escape(option.Type), Markup.Escape(option.Default), Markup.Escape(option.Meaning));
        }

        return table;
    }

    private static Table Plan(TrainingPlan plan)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "").HideHeaders();
        Row("model", plan.Model);
        Row("visual tokens of a picture", $"{plan.VisualTokens}");
        Row("parameters", $"{plan.Parameters:N0}");
        Row("trained", $"{plan.TrainedParameters:N0} in {plan.Trained.Count} tensors");
        foreach (string name in plan.Trained)
        {
            Row("", name);
        }

        Row("samples", $"{plan.Samples}, {plan.Skipped} of no use, {plan.EvalSamples} held out, {plan.EvalQuestions} questions");
        Row("steps", $"{plan.Steps}, {plan.StepsPerEpoch} an epoch, {plan.WarmupSteps} of warm-up");
        Row("memory", $"{ByteCount.Text(plan.Memory.Total)} at most, the vision encoder not counted");
        Row("  parameters", ByteCount.Text(plan.Memory.Parameters));
        Row("  gradients", ByteCount.Text(plan.Memory.Gradients));
        Row("  moments", ByteCount.Text(plan.Memory.Moments));
        Row("  activations", ByteCount.Text(plan.Memory.Activations));
        return table;

        void Row(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
    }
}
