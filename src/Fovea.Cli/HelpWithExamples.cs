using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Fovea.Cli;

/// <summary>Help as usual, and the examples of the command, or of all commands at the root.</summary>
internal sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = inner.Invoke(parseResult);
        var command = parseResult.CommandResult.Command;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in command is ExampleCommand own ? own.Examples : command.Subcommands.OfType<ExampleCommand>().Select(inside => inside.Examples[0]))
        {
            output.WriteLine($"  {example}");
        }

        output.WriteLine();
        return code;
    }
}
