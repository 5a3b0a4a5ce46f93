using Fovea.Text.Unicode;

namespace Fovea.Text.PreTokenizers;

/// <summary>What the splitting expressions share: runs of a class, white space and English contractions.</summary>
internal static class Scan
{
    /// <summary>End of the run of characters of one class that begins at <paramref name="from"/>.</summary>
    public static int Run(ReadOnlySpan<int> text, int from, CharacterClass kind)
    {
        int end = from;
        while (end < text.Length && CharacterClasses.Of(text[end]) == kind)
        {
            end++;
        }

        return end;
    }

    /// <summary>Length that <c>\s+(?!\S)|\s+</c> matches at <paramref name="at"/>: a run leaves its last character to what follows, unless it is alone.</summary>
    public static int Spaces(ReadOnlySpan<int> text, int at)
    {
        int end = Run(text, at, CharacterClass.Space);
        int length = end - at;
        return end < text.Length && length > 1 ? length - 1 : length;
    }

    /// <summary>Length that <c>'s|'t|'re|'ve|'m|'ll|'d</c> matches at <paramref name="at"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where to look.</param>
    /// <param name="ignoreCase">As <c>(?i:…)</c>, which beyond ASCII also takes U+017F for s.</param>
    public static int Contraction(ReadOnlySpan<int> text, int at, bool ignoreCase)
    {
        if (text[at] != '\'' || at + 1 >= text.Length)
        {
            return 0;
        }

        int first = Fold(text[at + 1], ignoreCase);
        if (first is 's' or 't' or 'm' or 'd')
        {
            return 2;
        }

        int second = at + 2 < text.Length ? Fold(text[at + 2], ignoreCase) : 0;
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    private static int Fold(int scalar, bool ignoreCase) => !ignoreCase ? scalar : scalar switch
    {
        >= 'A' and <= 'Z' => scalar + 32,
        0x17F => 's',
        _ => scalar,
    };
}
