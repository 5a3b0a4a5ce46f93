using System.Globalization;
using System.Text;
using Fovea.Text.Unicode;

namespace Fovea.Text.Templates;

/// <summary>Numbers out of texts, and rounding to decimal places, as in Python.</summary>
internal static class NumberText
{
    /// <summary>Reads an integer: white space around, a sign, single underscores between digits, digits of any script, a prefix that fits the base.</summary>
    /// <exception cref="ChatTemplateException">The integer does not fit into 64 bits.</exception>
    public static bool TryInteger(string text, long radix, out long value)
    {
        value = 0;
        string digits = Plain(text);
        bool negative = digits.StartsWith('-');
        digits = digits.Length > 0 && digits[0] is '-' or '+' ? digits[1..] : digits;
        long prefix = digits.Length > 1 && digits[0] == '0' ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 } : 0;
        if (prefix > 0 && radix is 0 || prefix == radix)
        {
            radix = prefix;
            digits = prefix > 0 ? digits[2..].TrimStart('_') : digits;
        }
        else if (radix == 0)
        {
            radix = digits.StartsWith('0') && digits.Trim('0', '_').Length > 0 ? -1 : 10;
        }

        if (radix is < 2 or > 36 || !HasOnlyDigits(digits, radix))
        {
            return false;
        }

        Int128 total = 0;
        foreach (char c in digits.Where(c => c != '_'))
        {
            total = (total * radix) + Digit(c);
            if (total > long.MaxValue)
            {
                throw TemplateFailure.Limit($"the integer {text} does not fit into 64 bits");
            }
        }

        value = (long)(negative ? -total : total);
        return true;
    }

    /// <summary>Reads a float.</summary>
    public static bool TryFloat(string text, out double value)
    {
        string digits = Plain(text);
        string name = digits.TrimStart('+', '-').ToLowerInvariant();
        if (name is "inf" or "infinity" or "nan" && digits.Length - name.Length <= 1)
        {
            value = name == "nan" ? double.NaN : digits[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        value = 0;
        bool separated = digits.Split('_').Length == 1
            || digits.Select((c, i) => c != '_' || (i > 0 && i + 1 < digits.Length && char.IsAsciiDigit(digits[i - 1]) && char.IsAsciiDigit(digits[i + 1]))).All(ok => ok);
        return separated && digits.All(c => char.IsAsciiDigit(c) || c is '.' or 'e' or 'E' or '+' or '-' or '_')
            && double.TryParse(digits.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Rounds an integer to a power of ten, half to even.</summary>
    public static object Round(long value, long precision)
    {
        if (precision >= 0)
        {
            return value;
        }

        if (precision < -19)
        {
            return 0L;
        }

        Int128 scale = 1;
        for (long i = precision; i < 0; i++)
        {
            scale *= 10;
        }

        Int128 rest = (((Int128)value % scale) + scale) % scale, floor = value - rest;
        bool up = rest * 2 > scale || (rest * 2 == scale && floor / scale % 2 != 0);
        Int128 rounded = up ? floor + scale : floor;
        return rounded >= long.MinValue && rounded <= long.MaxValue ? (long)rounded : throw TemplateFailure.Limit("an integer does not fit into 64 bits");
    }

    /// <summary>Rounds a float to decimal places by its exact value, half to even.</summary>
    public static double Round(double value, long precision)
    {
        if (!double.IsFinite(value) || precision > 320)
        {
            return value;
        }

        if (precision < -308)
        {
            return Math.CopySign(0, value);
        }

        if (precision <= 0)
        {
            double scale = Math.Pow(10, -precision);
            return Math.Round(value / scale, MidpointRounding.ToEven) * scale;
        }

        // The long form has every digit of the value: a tie ends in 5 and zeros.
        int places = (int)precision;
        string exact = value.ToString("F" + (places + 60), CultureInfo.InvariantCulture);
        string tail = exact[^60..];
        string kept = exact[..^60];
        bool tie = tail[0] == '5' && tail.AsSpan(1).TrimEnd('0').IsEmpty;
        bool stays = tail[0] < '5' || (tie && (kept[^1] - '0') % 2 == 0);
        string rounded = stays ? kept : value.ToString("F" + places, CultureInfo.InvariantCulture);
        return double.Parse(rounded, CultureInfo.InvariantCulture);
    }

    /// <summary>The text without white space around, all decimal digits as ASCII.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder();
        foreach (int codePoint in Texts.CodePoints(Texts.Strip(text, null)))
        {
            int digit = codePoint < 0x80 ? -1 : CharUnicodeInfo.GetUnicodeCategory(codePoint) == UnicodeCategory.DecimalDigitNumber
                ? (int)CharUnicodeInfo.GetNumericValue(Texts.FromCodePoint(codePoint), 0)
                : -1;
            plain.Append(digit >= 0 ? digit.ToString(CultureInfo.InvariantCulture) : CharacterClasses.IsPythonSpace(codePoint) ? " " : Texts.FromCodePoint(codePoint));
        }

        return plain.ToString();
    }

    private static bool HasOnlyDigits(string digits, long radix) => digits.Length > 0 && !digits.StartsWith('_') && !digits.EndsWith('_')
        && !digits.Contains("__", StringComparison.Ordinal) && digits.All(c => c == '_' || (Digit(c) >= 0 && Digit(c) < radix));

    private static int Digit(char c) => char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : -1;
}
