using System.CommandLine;
using System.Text.Json;
using Fovea.Cli.Output;
using Fovea.Text;
using Spectre.Console;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea tokens MODEL "TEXT"</c>: what a text becomes.</summary>
internal static class TokensCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var model = new Argument<string>("MODEL") { Description = "folder of a model, or of a tokenizer alone" };
        var text = new Argument<string>("TEXT") { Description = "the text" };
        var special = new Option<bool>("--special") { Description = "add the tokens that a prompt begins or ends with" };
        var json = new Option<bool>("--json") { Description = "print one JSON array instead of a table" };
        var command = new ExampleCommand(
            "tokens",
            "Shows the tokens of a text: ids, pieces and where they stand.",
            "fovea tokens models/foveola/model \"What word is on the sign?\"",
            "fovea tokens models/foveola/model \"Hello\" --special --json") { model, text, special, json };
        command.SetAction(parsed =>
        {
            var tokenizer = Tokenizer.Load(parsed.GetValue(model) ?? "");
            string input = parsed.GetValue(text) ?? "";
            TokenOutput[] tokens = [.. tokenizer.EncodeWithOffsets(input, parsed.GetValue(special)).Select(token => new TokenOutput(
                token.Id, tokenizer.TokenOf(token.Id) ?? "", token.Start, token.Length, input.Substring(token.Start, token.Length)))];
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(JsonSerializer.Serialize(tokens, OutputJson.Plain.TokenOutputArray));
            }
            else
            {
                terminal.WriteResult(Table(tokens));
                terminal.Note($"{tokens.Length} tokens");
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Table Table(TokenOutput[] tokens)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns("id", "piece", "start", "length", "text");
        foreach (var token in tokens)
        {
            table.AddRow([
                token.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), Markup.Escape(token.Piece),
                token.Start.ToString(System.Globalization.CultureInfo.InvariantCulture), token.Length.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Markup.Escape(JsonSerializer.Serialize(token.Text, OutputJson.Plain.String))]);
        }

        return table;
    }
}
