using System.Text.RegularExpressions;

namespace Fovea.Models.Quantization;

/// <summary>
/// An entry of <c>targets</c> or <c>ignore</c>: the name of a class of layers, the whole name of a module, or <c>re:</c> and a regular expression that matches from the start
/// of the name on, not necessarily to its end.
/// </summary>
internal sealed class ModulePattern
{
    private const string Prefix = "re:";
    private const string LinearLayers = "Linear";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string _text;
    private readonly Regex? _regex;

    /// <summary>Parses an entry.</summary>
    /// <exception cref="ArgumentException">The regular expression is not well formed.</exception>
    public ModulePattern(string text)
    {
        _text = text;
        _regex = text.StartsWith(Prefix, StringComparison.Ordinal) ? new Regex($@"\A(?:{text[Prefix.Length..]})", RegexOptions.CultureInvariant, Patience) : null;
    }

    /// <summary>How closely the entry names a linear layer: 3 by its whole name, 2 by a regular expression, 1 by its class, 0 not at all.</summary>
    /// <param name="spellings">The names of the layer.</param>
    /// <exception cref="RegexMatchTimeoutException">The expression takes too long.</exception>
    public int Match(IEnumerable<string> spellings) =>
        _regex is not null ? spellings.Any(_regex.IsMatch) ? 2 : 0
        : spellings.Contains(_text, StringComparer.Ordinal) ? 3
        : _text == LinearLayers ? 1 : 0;
}
