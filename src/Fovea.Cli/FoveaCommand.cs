using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Fovea.Cli.Commands;
using Fovea.Cli.Commands.Scaling;
using Fovea.Imaging;
using Fovea.Reduction;
using Fovea.Text;

namespace Fovea.Cli;

/// <summary>The command line of Fovea.</summary>
public static class FoveaCommand
{
    private const string Program = "fovea";

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives progress and diagnostics.</param>
    /// <param name="input">Questions of a chat; none = nothing to read.</param>
    /// <returns>0 done, 1 the program failed, 2 wrong usage or bad input, 130 stopped by Ctrl-C.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error, TextReader? input = null) =>
        RunAsync(args, new Terminal(output, error, input ?? TextReader.Null)).GetAwaiter().GetResult();

    /// <summary>Runs one command line on a terminal.</summary>
    internal static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        var verbose = new Option<bool>("--verbose") { Description = "show where an error came from", Recursive = true };
        var parsed = Root(terminal, verbose).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Action is ParseErrorAction)
        {
            terminal.Note($"{string.Join(' ', parsed.Errors.Select(wrong => wrong.Message).Distinct())} See {Name(parsed)} --help.");
            return ExitCode.BadInput;
        }

        try
        {
            var streams = new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(streams).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            terminal.Note("stopped");
            return ExitCode.Interrupted;
        }
#pragma warning disable CA1031 // The last place that can turn an exception into a line for a person.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            bool bad = IsBadInput(exception);
            terminal.Note(bad ? exception.Message : $"internal error: {exception.GetType().Name}: {exception.Message}");
            if (parsed.GetValue(verbose))
            {
                terminal.Error.WriteLine(exception);
            }

            return bad ? ExitCode.BadInput : ExitCode.Failure;
        }
    }

    /// <summary>What callers and files can get wrong, as the library reports it.</summary>
    private static bool IsBadInput(Exception exception) => exception
        is ArgumentException or FormatException or InvalidDataException or IOException or UnauthorizedAccessException or NotSupportedException or ImageFormatException
        or ChatTemplateException or ReductionException;

    private static Command Root(Terminal terminal, Option<bool> verbose)
    {
        Command[] commands =
        [
            AskCommand.Create(terminal),
            ChatCommand.Create(terminal),
            MethodsCommand.Create(terminal),
            InspectCommand.Create(terminal),
            EvalCommand.Create(terminal),
            TokensCommand.Create(terminal),
            RunCommand.Create(terminal),
            CheckCommand.Create(terminal),
            NewCommand.Create(terminal),
            ScalingCommand.Create(terminal),
            GenerateCommand.Create(terminal),
            QuantizeCommand.Create(terminal),
            TrainCommand.Create(terminal),
        ];
        // A RootCommand would be called after the assembly.
        var root = new Command(Program, "Asks vision-language models about pictures, with as many visual tokens as the answer needs.")
        {
            new HelpOption { Action = new HelpWithExamples(new HelpAction()) },
            new VersionOption(),
            verbose,
        };
        foreach (var command in commands)
        {
            root.Add(command);
        }

        return root;
    }

    private static string Name(ParseResult parsed) => parsed.CommandResult.Command.Name is var command && command == Program ? Program : $"{Program} {command}";
}
