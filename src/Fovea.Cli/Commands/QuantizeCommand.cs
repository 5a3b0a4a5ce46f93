using System.CommandLine;
using System.Globalization;
using Fovea.Cli.Output;
using Fovea.Models.Quantization;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Spectre.Console;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea quantize MODEL OUT --weights FORMAT</c>: a checkpoint with fewer bits.</summary>
internal static class QuantizeCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string>("MODEL") { Description = "folder of a model in the Hugging Face layout" };
        var output = new Argument<string>("OUT") { Description = "the folder to make" };
        var weights = new Option<string>("--weights") { Description = "bf16, int8 or int4", HelpName = "FORMAT", Required = true };
        var group = new Option<int?>("--group") { Description = "inputs that share a scale, a multiple of 32; default: 64 for int8, 32 for int4", HelpName = "N" };
        var keep = new Option<string[]>("--keep-float") { Description = "leave modules as they are stored whose names match, such as *vision_tower*; may be repeated", HelpName = "PATTERN" };
        var json = new Option<bool>("--json") { Description = "print one JSON object instead of text" };
        var command = new ExampleCommand(
            "quantize",
            "Stores a model with its linear layers in fewer bits, in the layout of compressed-tensors; it is loaded back without conversion.",
            "fovea quantize ~/models/llava-1.5-7b-hf ~/models/llava-1.5-7b-int8 --weights int8",
            "fovea quantize ~/models/Qwen2-VL-2B-Instruct ~/models/Qwen2-VL-2B-int4 --weights int4 --group 64 --keep-float \"*visual*\"")
        {
            model, output, weights, group, keep, json,
        };
        command.SetAction(parsed =>
        {
            string format = parsed.GetRequiredValue(weights) + (parsed.GetValue(group) is { } inputs ? string.Create(CultureInfo.InvariantCulture, $":{inputs}") : "");
            var policy = new WeightPolicy { Format = WeightFormat.Parse(format), KeepFloat = parsed.GetValue(keep) ?? [] };
            return RunAsync((parsed.GetRequiredValue(model), parsed.GetRequiredValue(output)), policy, parsed.GetValue(json), terminal);
        });
        return command;
    }

    private static Task<int> RunAsync((string Model, string Output) folders, WeightPolicy policy, bool json, Terminal terminal) => terminal.Interruption.RunAsync(async cancellation =>
    {
        QuantizationSummary Convert(Action<double>? progress)
        {
            using var compute = new Compute();
            return CheckpointQuantizer.Run(folders.Model, folders.Output, policy, compute.Workers, progress, cancellation);
        }

        var summary = terminal.IsInteractive
            ? await terminal.ErrorConsole().Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()).StartAsync(context =>
            {
                var bar = context.AddTask($"writing {Markup.Escape(folders.Output)}", maxValue: 1);
                return Task.Run(() => Convert(share => bar.Value = share), cancellation);
            }).ConfigureAwait(false)
            : await Task.Run(() => Convert(null), cancellation).ConfigureAwait(false);
        var result = QuantizationOutput.Of(folders.Output, summary);
        terminal.Out.WriteLine(json ? result.ToJson() : result.ToText());
        return ExitCode.Success;
    });
}
