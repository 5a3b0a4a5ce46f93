using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Output;
using Fovea.Imaging;
using Fovea.Models;
using Spectre.Console;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea inspect [MODEL | IMAGE]</c>: what a model is and needs, or what it sees of a picture.</summary>
internal static class InspectCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var subject = new Argument<string?>("MODEL|IMAGE")
        {
            Description = "folder of a model in the Hugging Face layout (default: the model that ships with Fovea), or a picture file",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var model = new ModelOption();
        var loading = new LoadingOptions();
        var view = new Option<string?>("--out") { Description = "write what the encoder sees of the picture as PNG: tiles in their grid, a view of the whole picture below", HelpName = "FILE" };
        var cpu = new Option<bool>("--cpu") { Description = "show the processor and the kernels instead of a model" };
        var json = new Option<bool>("--json") { Description = "print one JSON object instead of text" };
        var command = new ExampleCommand(
            "inspect",
            "Shows a model's family, sizes, tokens per picture and memory; or what a model sees of a picture.",
            "fovea inspect models/foveola/model",
            "fovea inspect ~/models/llava-1.5-7b-hf --json",
            "fovea inspect photo.jpg --model ~/models/llava-v1.6-mistral-7b-hf --out seen.png",
            "fovea inspect --cpu") { subject, view, cpu, json };
        model.AddTo(command);
        loading.AddTo(command);
        command.SetAction(parsed => terminal.Interruption.RunAsync(async cancellation =>
        {
            string? path = parsed.GetValue(subject);
            if (parsed.GetValue(cpu))
            {
                WriteProcessor(parsed.GetValue(json), terminal);
            }
            else if (File.Exists(path))
            {
                await InspectPictureAsync(path, model.Read(parsed), parsed.GetValue(view), parsed.GetValue(json), terminal, cancellation).ConfigureAwait(false);
            }
            else if (parsed.GetValue(view) is not null)
            {
                throw new ArgumentException($"--out goes with a picture file, and {path ?? "no file"} is none.");
            }
            else
            {
                await InspectModelAsync(path ?? model.Read(parsed), loading.Read(parsed), parsed.GetValue(json), terminal, cancellation).ConfigureAwait(false);
            }

            return ExitCode.Success;
        }));
        return command;
    }

    private static void WriteProcessor(bool json, Terminal terminal)
    {
        var output = ProcessorOutput.Current();
        if (json)
        {
            terminal.Out.WriteLine(output.ToJson());
        }
        else
        {
            terminal.WriteResult(Table(output));
        }
    }

    private static async Task InspectModelAsync(string path, LoadOptions loading, bool json, Terminal terminal, CancellationToken cancellation)
    {
        using var model = await ModelLoading.LoadAsync(path, loading, terminal, cancellation).ConfigureAwait(false);
        var output = ModelOutput.Of(model.Model);
        if (json)
        {
            terminal.Out.WriteLine(output.ToJson());
        }
        else
        {
            terminal.WriteResult(Table(output));
        }
    }

    private static async Task InspectPictureAsync(string file, string folder, string? view, bool json, Terminal terminal, CancellationToken cancellation)
    {
        var image = Image.Load(file);
        using var model = await ModelLoading.LoadAsync(folder, LoadOptions.Default, terminal, cancellation).ConfigureAwait(false);
        var processor = ImageProcessor.Load(folder);
        using var processed = processor.Process([image]);
        var output = PictureViewOutput.Of(file, image, model.Model, processed);
        if (view is not null)
        {
            processor.Draw(processed, 0).SavePng(view);
        }

        if (json)
        {
            terminal.Out.WriteLine(output.ToJson());
        }
        else
        {
            terminal.WriteResult(Table(output));
        }
    }

    private static Table Table(ModelOutput model) => Table(
    [
        ("family", $"{model.FamilyName} ({model.Family})"),
        ("vision encoder", $"{model.EncoderBlocks} blocks, features from block {model.FeatureBlock}"),
        ("language model", $"{model.DecoderLayers} layers, hidden {model.HiddenSize}, {model.Heads} heads of {model.HeadSize} with {model.KeyValueHeads} key/value heads, vocabulary {model.Vocabulary}"),
        ("context", $"{model.Context} tokens"),
        ("visual tokens", string.Join(", ", model.VisualTokens.Select(picture => $"{picture.Tokens} for {picture.Width} x {picture.Height}"))),
        ("weights", $"{ByteCount.Text(model.WeightBytes)} packed: encoder {ByteCount.Text(model.EncoderWeightBytes)}, language model {ByteCount.Text(model.LanguageModelWeightBytes)}"),
        .. model.Weights.Select(weight => ("", $"{weight.Part}: {weight.Matrices} matrices in {weight.Format}, {ByteCount.Text(weight.Bytes)}")),
        ("cache", $"{model.Cache}, {ByteCount.Text(model.CacheBytesPerToken)} a token, {ByteCount.Text(model.CacheBytesPerToken * model.Context)} for the whole context"),
    ]);

    private static Table Table(ProcessorOutput processor) => Table(
    [
        ("processor", $"{processor.Name}, {processor.Threads} threads"),
        ("features", string.Join(' ', processor.Features)),
        .. processor.Kernels.Select(set => ($"kernels {set.Name}", set.Text())),
    ]);

    private static Table Table(PictureViewOutput picture) => Table(
        ("picture", $"{picture.Width} x {picture.Height}"),
        ("encoder input", $"[{string.Join(", ", picture.EncoderInput)}]"),
        picture.Patches is { } patches
            ? ("patches", $"{patches[0]} rows of {patches[1]}")
            : ("tiles", $"{picture.TileRows} rows of {picture.TileColumns}{(picture.WholePicture ? ", and one of the whole picture" : "")}"),
        ("visual tokens", $"{picture.VisualTokens}, of which {picture.SpecialTokens} stand for no place"),
        ("grids", string.Join(", ", picture.Grids.Select(grid => $"{grid[0]} x {grid[1]}"))));

    private static Table Table(params (string Name, string Value)[] rows)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        foreach (var (name, value) in rows)
        {
            table.AddRow(name, Markup.Escape(value));
        }

        return table;
    }
}
