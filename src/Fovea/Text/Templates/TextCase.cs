using System.Globalization;
using System.Text;
using Fovea.Text.Unicode;

namespace Fovea.Text.Templates;

/// <summary>Case mappings of whole texts, as in Python.</summary>
internal static class TextCase
{
    /// <summary>Upper case.</summary>
    public static string Upper(string text) => Map(text, (_, c, target) => CaseMapping.ToUpper(c, target));

    /// <summary>Lower case; a sigma at the end of a word takes its final form.</summary>
    public static string Lower(string text) => Map(text, Lower);

    /// <summary>Exchanges upper and lower case.</summary>
    public static string Swap(string text) => Map(text, (all, c, target) =>
        IsUpper(all.CodePoints[all.Index]) ? Lower(all, c, target) : IsLower(c) ? CaseMapping.ToUpper(c, target) : Same(c, target));

    /// <summary>The first character in title case, the others in lower case.</summary>
    public static string Capitalize(string text) => Map(text, (all, c, target) => all.Index == 0 ? CaseMapping.ToTitle(c, target) : Lower(all, c, target));

    /// <summary>The first letter of each run of letters in title case, the others in lower case.</summary>
    public static string Title(string text) => Map(text, (all, c, target) =>
        all.Index > 0 && IsCased(all.CodePoints[all.Index - 1]) ? Lower(all, c, target) : CaseMapping.ToTitle(c, target));

    /// <summary>The filter <c>title</c>: upper case behind white space, a dash or an opening bracket, lower case elsewhere.</summary>
    public static string FilterTitle(string text)
    {
        static bool Parts(int c) => c is '-' or '(' or '{' or '[' or '<' || CharacterClasses.IsPythonSpace(c);
        var result = new StringBuilder();
        var codePoints = Texts.CodePoints(text);
        for (int from = 0; from < codePoints.Count;)
        {
            int to = from + 1;
            while (to < codePoints.Count && Parts(codePoints[to]) == Parts(codePoints[from]))
            {
                to++;
            }

            result.Append(Upper(Texts.FromCodePoint(codePoints[from]))).Append(Lower(Texts.FromCodePoints(codePoints[(from + 1)..to])));
            from = to;
        }

        return result.ToString();
    }

    /// <summary>Whether there are cased letters and all of them are upper case.</summary>
    public static bool IsAllUpper(string text) => Texts.CodePoints(text) is var all && all.Any(IsUpper) && !all.Any(c => IsLower(c) || IsTitle(c));

    /// <summary>Whether there are cased letters and all of them are lower case.</summary>
    public static bool IsAllLower(string text) => Texts.CodePoints(text) is var all && all.Any(IsLower) && !all.Any(c => IsUpper(c) || IsTitle(c));

    private static int Lower((List<int> CodePoints, int Index) all, int c, Span<int> target)
    {
        if (c == 0x3A3)
        {
            target[0] = IsFinalSigma(all.CodePoints, all.Index) ? 0x3C2 : 0x3C3;
            return 1;
        }

        return CaseMapping.ToLower(c, target);
    }

    private static int Same(int c, Span<int> target)
    {
        target[0] = c;
        return 1;
    }

    private static bool IsFinalSigma(List<int> text, int at)
    {
        int before = at - 1, after = at + 1;
        while (before >= 0 && IsIgnored(text[before]))
        {
            before--;
        }

        while (after < text.Count && IsIgnored(text[after]))
        {
            after++;
        }

        return before >= 0 && IsCased(text[before]) && !(after < text.Count && IsCased(text[after]));
    }

    private static string Map(string text, Func<(List<int> CodePoints, int Index), int, Span<int>, int> map)
    {
        var codePoints = Texts.CodePoints(text);
        var result = new StringBuilder(text.Length);
        Span<int> mapped = stackalloc int[3];
        for (int i = 0; i < codePoints.Count; i++)
        {
            // Characters that Python's Unicode version does not know have no case there.
            int count = Describe.IsPrintable(codePoints[i]) ? map((codePoints, i), codePoints[i], mapped) : Same(codePoints[i], mapped);
            if (!Describe.IsPrintable(mapped[0]))
            {
                count = Same(codePoints[i], mapped);
            }

            foreach (int codePoint in mapped[..count])
            {
                result.Append(Texts.FromCodePoint(codePoint));
            }
        }

        return result.ToString();
    }

    /// <summary>The category of a character; those that Python's Unicode version does not know are unassigned.</summary>
    public static UnicodeCategory Known(int c)
    {
        var category = CharUnicodeInfo.GetUnicodeCategory(c);
        bool isText = category is <= UnicodeCategory.OtherNumber or >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherSymbol;
        return isText && !Describe.IsPrintable(c) ? UnicodeCategory.OtherNotAssigned : category;
    }

    private static bool IsUpper(int c) => Known(c) == UnicodeCategory.UppercaseLetter
        || c is (>= 0x2160 and <= 0x216F) or (>= 0x24B6 and <= 0x24CF) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    private static bool IsLower(int c) => Known(c) == UnicodeCategory.LowercaseLetter
        || c is 0xAA or 0xBA or (>= 0x2B0 and <= 0x2B8) or 0x2C0 or 0x2C1 or (>= 0x2E0 and <= 0x2E4) or 0x345 or 0x37A or (>= 0x1D2C and <= 0x1D6A) or 0x1D78
            or (>= 0x1D9B and <= 0x1DBF) or 0x2071 or 0x207F or (>= 0x2090 and <= 0x209C) or (>= 0x2170 and <= 0x217F) or (>= 0x24D0 and <= 0x24E9)
            or 0x2C7C or 0x2C7D or 0xA69C or 0xA69D or 0xA770 or 0xA7F8 or 0xA7F9 or (>= 0xAB5C and <= 0xAB5F) or 0x10780 or (>= 0x10783 and <= 0x10785)
            or (>= 0x10787 and <= 0x107B0) or (>= 0x107B2 and <= 0x107BA);

    private static bool IsTitle(int c) => Known(c) == UnicodeCategory.TitlecaseLetter;

    private static bool IsCased(int c) => IsUpper(c) || IsLower(c) || IsTitle(c);

    private static bool IsIgnored(int c) => c is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027 or 0xFE13 or 0xFE52 or 0xFE55
            or 0xFF07 or 0xFF0E or 0xFF1A
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;
}
