using System.Text.RegularExpressions;
using Fovea.Tests.Cli;

namespace Fovea.Tests.Documents;

/// <summary>The command lines that documents show, run inside the test process.</summary>
internal static partial class ShellCommand
{
    /// <summary>What starts the program from a clone.</summary>
    public const string Program = "dotnet run -c Release --project src/Fovea.Cli -- ";

    /// <summary>Runs one line that starts with <see cref="Program"/>; paths are those of the repository.</summary>
    public static CommandLine Run(string line)
    {
        var words = Words().Matches(line[Program.Length..]).Select(word => word.Groups[1].Success ? word.Groups[1].Value : word.Value);
        return CommandLine.Run([.. words.Select(word => word.Contains('/', StringComparison.Ordinal) ? Repository.Path(word) : word)]);
    }

    [GeneratedRegex("\"([^\"]*)\"|\\S+")]
    private static partial Regex Words();
}
