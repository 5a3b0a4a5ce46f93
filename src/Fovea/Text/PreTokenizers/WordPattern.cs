using Fovea.Text.Unicode;

namespace Fovea.Text.PreTokenizers;

/// <summary>
/// The expression of Llama 3 and Qwen:
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,k}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </summary>
/// <param name="digits">k: how many numeric characters stand together at most.</param>
internal sealed class WordPattern(int digits) : Pattern
{
    /// <inheritdoc/>
    public override int Match(ReadOnlySpan<int> text, int at)
    {
        int contraction = Scan.Contraction(text, at, ignoreCase: true);
        if (contraction > 0)
        {
            return contraction;
        }

        int c = text[at];
        var kind = CharacterClasses.Of(c);
        if (kind == CharacterClass.Letter)
        {
            return Scan.Run(text, at, CharacterClass.Letter) - at;
        }

        if (kind == CharacterClass.Number)
        {
            return Math.Min(Scan.Run(text, at, CharacterClass.Number) - at, digits);
        }

        var next = at + 1 < text.Length ? CharacterClasses.Of(text[at + 1]) : CharacterClass.Space;
        if (next == CharacterClass.Letter && c is not ('\r' or '\n'))
        {
            return Scan.Run(text, at + 1, CharacterClass.Letter) - at;
        }

        if (kind == CharacterClass.Other || (c == ' ' && next == CharacterClass.Other))
        {
            int end = Scan.Run(text, kind == CharacterClass.Other ? at : at + 1, CharacterClass.Other);
            return LineEnds(text, end) - at;
        }

        int lines = LastLineEnd(text[at..Scan.Run(text, at, CharacterClass.Space)]);
        return lines > 0 ? lines : Scan.Spaces(text, at);
    }

    private static int LineEnds(ReadOnlySpan<int> text, int end)
    {
        while (end < text.Length && text[end] is '\r' or '\n')
        {
            end++;
        }

        return end;
    }

    /// <summary>Length of a run of white space up to and with its last line end; 0 if it has none.</summary>
    private static int LastLineEnd(ReadOnlySpan<int> spaces) => spaces.LastIndexOfAny('\r', '\n') + 1;
}
