using Spectre.Console;

namespace Fovea.Cli;

/// <summary>Where a command reads and writes: results go to <see cref="Out"/>, everything else to <see cref="Error"/>.</summary>
internal sealed class Terminal
{
    private const int WidthOfFiles = 200;

    /// <summary>Takes the three streams.</summary>
    public Terminal(TextWriter output, TextWriter error, TextReader input)
    {
        Out = output;
        Error = error;
        In = input;
    }

    /// <summary>Results.</summary>
    public TextWriter Out { get; }

    /// <summary>Progress and diagnostics.</summary>
    public TextWriter Error { get; }

    /// <summary>Questions of a chat.</summary>
    public TextReader In { get; }

    /// <summary>Ctrl-C.</summary>
    public Interruption Interruption { get; init; } = new();

    /// <summary>Whether a person looks at <see cref="Error"/>, so that progress bars and prompts make sense.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Tells something in one line.</summary>
    public void Note(string text) => Error.WriteLine($"fovea: {OneLine(text)}");

    /// <summary>Writes a table as results.</summary>
    public void WriteResult(Table table) => Console(Out, isTerminal: false).Write(table);

    /// <summary>Writes a table as diagnostics.</summary>
    public void WriteDiagnostics(Table table) => ErrorConsole().Write(table);

    /// <summary>The console for progress.</summary>
    public IAnsiConsole ErrorConsole() => Console(Error, IsInteractive);

    private static IAnsiConsole Console(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = WidthOfFiles;
        }

        return console;
    }

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n', '\t', ' '], StringSplitOptions.RemoveEmptyEntries));
}
