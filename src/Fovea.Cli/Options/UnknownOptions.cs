using System.CommandLine;

namespace Fovea.Cli.Options;

/// <summary>Finds misspelt options among arguments that take any text.</summary>
internal static class UnknownOptions
{
    /// <summary>Refuses values that look like an option; a question has blanks in it.</summary>
    public static void RefuseOptions(this Argument<string[]> argument) => argument.Validators.Add(result =>
    {
        foreach (var token in result.Tokens.Where(token => token.Value.StartsWith('-') && token.Value.Length > 1 && !token.Value.Contains(' ', StringComparison.Ordinal)))
        {
            result.AddError($"There is no option {token.Value}.");
        }
    });
}
