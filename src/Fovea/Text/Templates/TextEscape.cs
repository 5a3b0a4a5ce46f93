using System.Globalization;
using System.Text;

namespace Fovea.Text.Templates;

/// <summary>Escapes in text literals, as in Python; named characters are not supported.</summary>
internal static class TextEscape
{
    /// <summary>Appends what the escape at <paramref name="at"/>, behind its backslash, stands for, and returns where it ends.</summary>
    /// <exception cref="ChatTemplateException">Digits are missing, or the code point does not exist.</exception>
    public static int Read(string source, int at, StringBuilder text, int line)
    {
        char c = source[at];
        int simple = "\\'\"abfnrtv".IndexOf(c, StringComparison.Ordinal);
        if (simple >= 0)
        {
            text.Append("\\'\"\a\b\f\n\r\t\v"[simple]);
            return at + 1;
        }

        switch (c)
        {
            case '\n':
                return at + 1;
            case 'x':
                return ReadHex(source, at + 1, 2, text, line);
            case 'u':
                return ReadHex(source, at + 1, 4, text, line);
            case 'U':
                return ReadHex(source, at + 1, 8, text, line);
            case 'N':
                throw TemplateFailure.Syntax("named characters (\\N) are not supported", line);
            case >= '0' and <= '7':
                return ReadOctal(source, at, text);
            default:
                text.Append('\\').Append(c);
                return at + 1;
        }
    }

    private static int ReadHex(string source, int at, int digits, StringBuilder text, int line)
    {
        if (at + digits > source.Length
            || !uint.TryParse(source.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) || value > 0x10FFFF)
        {
            throw TemplateFailure.Syntax($"an escape needs {digits} hexadecimal digits of a code point", line);
        }

        if (Rune.IsValid(value))
        {
            Scalars.Append(text, (int)value);
        }
        else
        {
            text.Append((char)value);
        }

        return at + digits;
    }

    private static int ReadOctal(string source, int at, StringBuilder text)
    {
        int value = 0, end = at;
        while (end < source.Length && end < at + 3 && source[end] is >= '0' and <= '7')
        {
            value = (value * 8) + source[end++] - '0';
        }

        text.Append((char)value);
        return end;
    }
}
