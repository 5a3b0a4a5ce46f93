using System.Text;
using Fovea.Text.Unicode;

namespace Fovea.Text.Templates;

/// <summary>Texts as sequences of code points: length, places, order and white space as Python has them.</summary>
internal static class Texts
{
    /// <summary>Number of code points.</summary>
    public static int Length(string text)
    {
        int length = text.Length;
        for (int i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDBFF'); i >= 0 && i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
            {
                length--;
                i++;
            }
        }

        return length;
    }

    /// <summary>The code points; a lone surrogate stands for itself.</summary>
    public static List<int> CodePoints(string text)
    {
        var codePoints = new List<int>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            codePoints.Add(pair ? char.ConvertToUtf32(text[i], text[++i]) : text[i]);
        }

        return codePoints;
    }

    /// <summary>The text of one code point.</summary>
    public static string FromCodePoint(int codePoint) => Rune.IsValid(codePoint) ? new Rune(codePoint).ToString() : ((char)codePoint).ToString();

    /// <summary>The text of code points.</summary>
    public static string FromCodePoints(IEnumerable<int> codePoints)
    {
        var text = new StringBuilder();
        foreach (int codePoint in codePoints)
        {
            text.Append(FromCodePoint(codePoint));
        }

        return text.ToString();
    }

    /// <summary>The UTF-16 place of code point <paramref name="index"/>, which may be the end.</summary>
    public static int Place(string text, int index)
    {
        int place = 0;
        for (; index > 0; index--)
        {
            place += place + 1 < text.Length && char.IsSurrogatePair(text[place], text[place + 1]) ? 2 : 1;
        }

        return place;
    }

    /// <summary>Order by code points.</summary>
    public static int Compare(string x, string y)
    {
        int common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
        {
            return x.Length.CompareTo(y.Length);
        }

        // Surrogates stand for code points above all others.
        char a = x[common], b = y[common];
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }

    /// <summary>Removes white space, or the given characters, at the chosen ends.</summary>
    public static string Strip(string text, string? characters, bool left = true, bool right = true)
    {
        var set = characters is null ? null : CodePoints(characters).ToHashSet();
        bool Removes(int codePoint) => set is null ? CharacterClasses.IsPythonSpace(codePoint) : set.Contains(codePoint);
        var codePoints = CodePoints(text);
        int from = 0, to = codePoints.Count;
        while (left && from < to && Removes(codePoints[from]))
        {
            from++;
        }

        while (right && to > from && Removes(codePoints[to - 1]))
        {
            to--;
        }

        return from == 0 && to == codePoints.Count ? text : FromCodePoints(codePoints[from..to]);
    }

    /// <summary>Replaces the first <paramref name="count"/> occurrences, all if negative; an empty <paramref name="old"/> stands between all characters.</summary>
    public static string Replace(string text, string old, string @new, long count, ChatTemplateLimits limits)
    {
        if (count == 0)
        {
            return text;
        }

        var buffer = new TextBuffer(limits);
        int at = 0;
        for (long done = 0; count < 0 || done < count; done++)
        {
            int found = old.Length == 0 ? at : text.IndexOf(old, at, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }

            buffer.Append(text[at..found] + @new);
            at = found + old.Length;
            if (old.Length == 0)
            {
                if (at >= text.Length)
                {
                    break;
                }

                int next = at + (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1);
                buffer.Append(text[at..next]);
                at = next;
            }
        }

        buffer.Append(text[Math.Min(at, text.Length)..]);
        return buffer.ToString();
    }
}
