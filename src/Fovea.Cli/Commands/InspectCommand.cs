using System.CommandLine;
using Fovea.Cli.Output;
using Spectre.Console;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea inspect [MODEL]</c>: what a model is and needs.</summary>
internal static class InspectCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var folder = new Argument<string?>("MODEL") { Description = "folder of a model in the Hugging Face layout; default: the model that ships with Fovea", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "print one JSON object instead of text" };
        var command = new ExampleCommand(
            "inspect", "Shows a model's family, sizes, tokens per picture and memory.", "fovea inspect models/foveola/model", "fovea inspect ~/models/llava-1.5-7b-hf --json") { folder, json };
        command.SetAction(parsed => terminal.Interruption.RunAsync(async cancellation =>
        {
            string path = parsed.GetValue(folder) ?? ShippedModel.Find();
            using var model = await ModelLoading.LoadAsync(path, terminal, cancellation).ConfigureAwait(false);
            var output = ModelOutput.Of(model.Model);
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(output.ToJson());
            }
            else
            {
                terminal.WriteResult(Table(output));
            }

            return ExitCode.Success;
        }));
        return command;
    }

    private static Table Table(ModelOutput model)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        void Row(string name, string value) => table.AddRow(name, Markup.Escape(value));
        Row("family", $"{model.FamilyName} ({model.Family})");
        Row("vision encoder", $"{model.EncoderBlocks} blocks, features from block {model.FeatureBlock}");
        Row("language model", $"{model.DecoderLayers} layers, hidden {model.HiddenSize}, {model.Heads} heads of {model.HeadSize} with {model.KeyValueHeads} key/value heads, vocabulary {model.Vocabulary}");
        Row("context", $"{model.Context} tokens");
        Row("visual tokens", string.Join(", ", model.VisualTokens.Select(picture => $"{picture.Tokens} for {picture.Width} x {picture.Height}")));
        Row("weights", $"{ByteCount.Text(model.WeightBytes)} packed: encoder {ByteCount.Text(model.EncoderWeightBytes)}, language model {ByteCount.Text(model.LanguageModelWeightBytes)}");
        Row("cache", $"{ByteCount.Text(model.CacheBytesPerToken)} a token, {ByteCount.Text(model.CacheBytesPerToken * model.Context)} for the whole context");
        return table;
    }
}
