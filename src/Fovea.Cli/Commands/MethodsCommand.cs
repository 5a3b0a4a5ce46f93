using System.CommandLine;
using Fovea.Cli.Options;
using Fovea.Cli.Output;
using Fovea.Reduction;
using Spectre.Console;

namespace Fovea.Cli.Commands;

/// <summary><c>fovea methods [NAME]</c>: the catalogue of token reduction.</summary>
internal static class MethodsCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string?>("NAME") { Description = "a method, to see its options", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "print one JSON object instead of text" };
        var command = new ExampleCommand("methods", "Lists the methods of token reduction, or the options of one.", "fovea methods", "fovea methods fastv") { name, json };
        var plugin = new PluginOption();
        plugin.AddTo(command);
        command.SetAction(parsed =>
        {
            plugin.Load(parsed);
            var methods = parsed.GetValue(name) is { } wanted ? [KnownReducers.Find(wanted)] : KnownReducers.All;
            if (parsed.GetValue(json))
            {
                terminal.Out.WriteLine(MethodOutput.ToJson(methods));
            }
            else if (parsed.GetValue(name) is null)
            {
                terminal.WriteResult(Table(["method", "what it does", "source"], methods.Select(method => new[] { method.Name, method.Summary, method.Source })));
            }
            else
            {
                Show(methods[0], terminal);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Show(ReducerDescriptor method, Terminal terminal)
    {
        terminal.Out.WriteLine($"{method.Name}: {method.Summary}");
        terminal.Out.WriteLine($"source: {method.Source}");
        if (method.Options.Count == 0)
        {
            terminal.Out.WriteLine("It has no options of its own; give --keep.");
            return;
        }

        terminal.WriteResult(Table(
            ["option", "type", "default", "meaning"],
            method.Options.Select(option => new[] { option.Name, option.Type, option.Default.Length > 0 ? option.Default : "not set", option.Meaning })));
    }

    private static Table Table(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumns(columns);
        foreach (string[] row in rows)
        {
            table.AddRow(Array.ConvertAll(row, Markup.Escape));
        }

        return table;
    }
}
