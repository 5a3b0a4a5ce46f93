using Fovea.Text.Unicode;

namespace Fovea.Text.Templates;

/// <summary>Cutting texts into lists, as in Python.</summary>
internal static class TextSplit
{
    /// <summary>The lines of a text; a line also ends at vertical tabs, form feeds, separators U+001C to U+001E, U+0085, U+2028 and U+2029.</summary>
    public static List<string> Lines(string text, bool keepEnds)
    {
        var lines = new List<string>();
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && !EndsLine(text[end]))
            {
                end++;
            }

            int next = Math.Min(text.Length, end + (end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n' ? 2 : 1));
            lines.Add(text[start..(keepEnds ? next : end)]);
            start = next;
        }

        return lines;
    }

    /// <summary>The parts between separators, at most <paramref name="most"/> cuts (all if negative).</summary>
    public static List<string> Parts(string text, string separator, long most, bool fromEnd)
    {
        var parts = new List<string>();
        string rest = text;
        for (long cuts = 0; most < 0 || cuts < most; cuts++)
        {
            int at = fromEnd ? rest.LastIndexOf(separator, StringComparison.Ordinal) : rest.IndexOf(separator, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }

            parts.Add(fromEnd ? rest[(at + separator.Length)..] : rest[..at]);
            rest = fromEnd ? rest[..at] : rest[(at + separator.Length)..];
        }

        parts.Add(rest);
        if (fromEnd)
        {
            parts.Reverse();
        }

        return parts;
    }

    /// <summary>The parts between runs of white space, without empty ones.</summary>
    public static List<string> Words(string text, long most, bool fromEnd)
    {
        var words = new List<string>();
        string rest = fromEnd ? Texts.Strip(text, null, left: false) : Texts.Strip(text, null, right: false);
        while (rest.Length > 0)
        {
            int at = most >= 0 && words.Count >= most ? -1 : fromEnd ? LastSpace(rest) : FirstSpace(rest);
            if (at < 0)
            {
                // What is left over from the last allowed cut keeps the white space at its far end.
                words.Add(rest);
                break;
            }

            words.Add(fromEnd ? rest[(at + 1)..] : rest[..at]);
            rest = fromEnd ? Texts.Strip(rest[..at], null, left: false) : Texts.Strip(rest[at..], null, right: false);
        }

        if (fromEnd)
        {
            words.Reverse();
        }

        return words;
    }

    private static bool EndsLine(char c) => c is '\n' or '\r' or '\v' or '\f' or (>= '\u001C' and <= '\u001E') or '\u0085' or '\u2028' or '\u2029';

    private static int FirstSpace(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (CharacterClasses.IsPythonSpace(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static int LastSpace(string text)
    {
        for (int i = text.Length - 1; i >= 0; i--)
        {
            if (CharacterClasses.IsPythonSpace(text[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
