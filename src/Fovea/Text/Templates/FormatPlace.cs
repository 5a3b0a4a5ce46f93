namespace Fovea.Text.Templates;

/// <summary>A place in a format text: how a value is to be written.</summary>
internal sealed record FormatPlace
{
    /// <summary>The name of the value; null if it goes by place.</summary>
    public string? Name { get; init; }

    /// <summary>The conversion character.</summary>
    public char Type { get; init; } = 's';

    /// <summary>Fill character.</summary>
    public string Fill { get; init; } = " ";

    /// <summary><c>&lt;</c>, <c>&gt;</c>, <c>^</c> or <c>=</c>; a blank = the type's own.</summary>
    public char Align { get; init; } = ' ';

    /// <summary><c>+</c>, a blank for positive numbers, or <c>-</c>.</summary>
    public char Sign { get; init; } = '-';

    /// <summary>The alternate form.</summary>
    public bool Alternate { get; init; }

    /// <summary>Fill with zeros behind the sign.</summary>
    public bool Zeros { get; init; }

    /// <summary>Groups of three digits.</summary>
    public bool Grouping { get; init; }

    /// <summary>Least width.</summary>
    public int Width { get; init; }

    /// <summary>Digits behind the point, or longest text.</summary>
    public int? Precision { get; init; }

    /// <summary>Where the place ends in the format.</summary>
    public int End { get; init; }

    /// <summary>Reads a printf place behind its percent sign.</summary>
    /// <param name="format">The format.</param>
    /// <param name="at">Behind the percent sign.</param>
    /// <param name="star">Gives the value of a width or precision written as a star.</param>
    public static FormatPlace ReadPrintf(string format, int at, Func<object?> star)
    {
        string? name = null;
        if (at < format.Length && format[at] == '(')
        {
            int close = format.IndexOf(')', at);
            name = close > 0 ? format[(at + 1)..close] : throw TemplateFailure.Runtime("a name in a format is not closed");
            at = close + 1;
        }

        string flags = "";
        while (at < format.Length && "-+ #0".Contains(format[at]))
        {
            flags += flags.Length < 16 ? format[at] : "";
            at++;
        }

        int width = ReadCount(format, ref at, star) ?? 0;
        int? precision = null;
        if (at < format.Length && format[at] == '.')
        {
            at++;
            precision = ReadCount(format, ref at, star) ?? 0;
        }

        while (at < format.Length && format[at] is 'h' or 'l' or 'L')
        {
            at++;
        }

        char type = at < format.Length ? format[at] : throw TemplateFailure.Runtime("a format ends in the middle of a place");
        return "srdiufFeEgGxXoc%".Contains(type)
            ? new FormatPlace
            {
                Name = name,
                Type = type,
                Align = flags.Contains('-') || width < 0 ? '<' : '>',
                Sign = flags.Contains('+') ? '+' : flags.Contains(' ') ? ' ' : '-',
                Alternate = flags.Contains('#'),
                Zeros = flags.Contains('0') && !flags.Contains('-'),
                Width = Math.Abs(width),
                Precision = precision,
                End = at + 1,
            }
            : throw TemplateFailure.Runtime($"%{type} is no known conversion");
    }

    /// <summary>Fills a text to the width.</summary>
    public string Pad(string text, ChatTemplateLimits limits, bool zeros)
    {
        int missing = TextBuffer.CheckLength(Width, limits) - Texts.Length(text);
        if (missing <= 0)
        {
            return text;
        }

        if ((zeros && Zeros) || Align == '=')
        {
            int sign = text[0] is '-' or '+' or ' ' ? 1 : 0;
            return text[..sign] + Repeat(Zeros ? "0" : Fill, missing) + text[sign..];
        }

        int left = Align == '<' ? 0 : Align == '^' ? missing / 2 : missing;
        return Repeat(Fill, left) + text + Repeat(Fill, missing - left);
    }

    private static string Repeat(string text, int count) => new System.Text.StringBuilder().Insert(0, text, count).ToString();

    private static int? ReadCount(string format, ref int at, Func<object?> star)
    {
        if (at < format.Length && format[at] == '*')
        {
            at++;
            return Numbers.TryInteger(star(), out long given) && Math.Abs(given) < int.MaxValue ? (int)given : throw TemplateFailure.Runtime("* needs an integer");
        }

        return ReadNumber(format, ref at);
    }

    /// <summary>Reads digits; null if there are none.</summary>
    public static int? ReadNumber(string format, ref int at)
    {
        int start = at;
        long value = 0;
        while (at < format.Length && char.IsAsciiDigit(format[at]))
        {
            value = Math.Min((value * 10) + format[at++] - '0', int.MaxValue);
        }

        return at > start ? (int)value : null;
    }
}
