using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Reduction.Methods;
using Spectre.Console;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea run</c>: the flags and arguments of PriorTR's runner, as they are.</summary>
internal static class RunCommand
{
    private static readonly Argument<string[]> Inputs = new("IMAGE... QUESTION") { Description = "picture and video files, and the question", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<bool> List = new("--list") { Description = "show which methods the runner has for which model" };
    private static readonly Option<string[]> Describe = new("--describe") { Description = "show what a method of a model takes", HelpName = "MODEL METHOD", Arity = new ArgumentArity(2, 2), AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "show what the arguments come to, and do not run" };
    private static readonly Option<bool> Stats = new("--stats") { Description = "show times, tokens, memory and operations" };
    private static readonly Option<bool> Json = new("--json") { Description = "print one JSON object instead of text" };

    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var options = new PriorTrOptionSet();
        var generation = new GenerationOptions();
        var command = new ExampleCommand(
            "run",
            "Answers a question with the flags and arguments of PriorTR's runner, reduced as its copy for the model does.",
            "fovea run --list",
            "fovea run --describe qwen3vl sparsevlm",
            "fovea run --model llava --method priortr --keep-tokens 64 --dry-run",
            "fovea run models/foveola/demo/demo1.png \"What word is on the sign?\" --model llava --method priortr --keep-tokens 72 --stats")
        {
            Inputs,
            List,
            Describe,
            DryRun,
            Stats,
            Json,
        };
        options.AddTo(command);
        generation.AddTo(command);
        command.SetAction(parsed => RunAsync(parsed, options, generation, terminal));
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, PriorTrOptionSet options, GenerationOptions generation, Terminal terminal)
    {
        if (parsed.GetValue(List))
        {
            terminal.WriteResult(Matrix());
            return Task.FromResult(ExitCode.Success);
        }

        if (parsed.GetValue(Describe) is [var model, var method])
        {
            Show(PriorTrRunner.Find(model), method, terminal);
            return Task.FromResult(ExitCode.Success);
        }

        if (parsed.GetValue(DryRun))
        {
            Show(options.Read(parsed, null), terminal);
            return Task.FromResult(ExitCode.Success);
        }

        string[] inputs = parsed.GetValue(Inputs) ?? [];
        return inputs.Length == 0 || File.Exists(inputs[^1])
            ? throw new ArgumentException("The question is missing. Write fovea run IMAGE... \"QUESTION\" --method NAME, or --dry-run.")
            : AnswerAsync(parsed, inputs, options, generation, terminal);
    }

    private static Task<int> AnswerAsync(ParseResult parsed, string[] inputs, PriorTrOptionSet options, GenerationOptions generation, Terminal terminal) => terminal.Interruption.RunAsync(async cancellation =>
    {
        _ = options.Read(parsed, null);
        var loading = options.Loading(parsed);
        var media = MediaFiles.Load(inputs[..^1], []);
        using var model = await ModelLoading.LoadAsync(options.Folder(parsed) ?? ShippedModel.Find(), loading, terminal, cancellation).ConfigureAwait(false);
        var configuration = options.Read(parsed, model.Model.LanguageModel.Layers.Count);
        foreach (string warning in configuration.Warnings)
        {
            terminal.Note(warning);
        }

        var answer = generation.Read(parsed, configuration.ToPlan() with { Seed = generation.Seed(parsed) });
        var writer = new AnswerWriter(terminal, parsed.GetValue(Json), parsed.GetValue(Stats));
        var (videos, time) = await media.OpenVideosAsync(model, null, cancellation).ConfigureAwait(false);
        var result = await model.AskAsync(media.Images, videos, inputs[^1], answer, writer.OnText, cancellation).ConfigureAwait(false);
        result.Report.PictureDecoding = time;
        writer.Finish(result);
        return ExitCode.Success;
    });

    private static Table Matrix()
    {
        string[] methods = [.. PriorTrRunner.Models.SelectMany(model => model.Copy.Strategies).Distinct().Order(StringComparer.Ordinal)];
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns(["model", .. methods, PriorTrRunner.Baseline]);
        foreach (var model in PriorTrRunner.Models)
        {
            table.AddRow([model.Model, .. methods.Select(method => model.Methods.Contains(method) ? "x" : model.Copy.Strategies.Contains(method) ? "library" : ""), "x"]);
        }

        table.Caption("x: the original's runner has it; library: only its library. With fovea ask --method every method runs on every model.");
        return table;
    }

    private static void Show(PriorTrRunner model, string method, Terminal terminal)
    {
        if (method != PriorTrRunner.Baseline && !model.Copy.Strategies.Contains(method))
        {
            throw new ArgumentException($"PriorTR has no {method} for {model.Model}; it has {string.Join(", ", model.Copy.Strategies)}.");
        }

        terminal.Out.WriteLine($"{model.Model} {method}: the rules of PriorTR's {model.Copy.Name} copy");
        terminal.Out.WriteLine($"--param: {model.Describe(method)}");
        foreach (var parameter in model.Parameters.Where(parameter => parameter.Methods.Contains(method)))
        {
            terminal.Out.WriteLine($"  {parameter.Name}={(parameter.Choices.Count > 0 ? string.Join('|', parameter.Choices) : "VALUE")}");
        }

        terminal.Out.WriteLine("configuration, with defaults:");
        foreach (var (field, value) in model.Copy.Defaults().Where(field => field.Key != "enabled"))
        {
            terminal.Out.WriteLine($"  {field}={value?.ToJsonString() ?? "not set"}{(model.Copy.InertFields.Contains(field) ? " (read, and without effect)" : "")}");
        }
    }

    private static void Show(PriorTrConfiguration configuration, Terminal terminal)
    {
        var lines = new List<(string Name, string Value)> { ("copy", configuration.Copy.Name), ("enabled", configuration.Enabled ? "true" : "false") };
        if (configuration.Enabled)
        {
            lines.AddRange(
            [
                ("strategy", configuration.Strategy), ("prune_layers", string.Join(", ", configuration.PruneLayers)), ("score_layers", string.Join(", ", configuration.ScoreLayers)),
                ("keep_tokens", string.Join(", ", configuration.KeepTokens ?? [])), ("keep_ratio", string.Join(", ", configuration.KeepRatio)),
                ("query_aggregation", configuration.QueryAggregation), ("head_aggregation", configuration.HeadAggregation), ("cache", "trim"), ("positions", "keep"),
            ]);
        }

        foreach (var (name, value) in lines.Where(line => line.Value.Length > 0))
        {
            terminal.Out.WriteLine($"{name,-18} {value}");
        }

        foreach (string warning in configuration.Warnings)
        {
            terminal.Note(warning);
        }

        _ = configuration.ToPlan();
    }
}
