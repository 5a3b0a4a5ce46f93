using System.Globalization;

namespace Fovea.Text.Templates;

/// <summary>Numbers under a format.</summary>
internal static class NumberFormat
{
    // Digits behind the point that can carry information; more are zeros.
    private const int MaxPrecision = 400;

    /// <summary>An integer with its sign.</summary>
    public static string Integer(FormatPlace place, long value)
    {
        UInt128 magnitude = value < 0 ? (UInt128)(-(Int128)value) : (UInt128)value;
        string digits = place.Type switch
        {
            'x' => magnitude.ToString("x", CultureInfo.InvariantCulture),
            'X' => magnitude.ToString("X", CultureInfo.InvariantCulture),
            'o' => InBase(magnitude, 8),
            'b' => InBase(magnitude, 2),
            _ => magnitude.ToString(CultureInfo.InvariantCulture),
        };
        string prefix = place.Alternate ? place.Type switch { 'x' => "0x", 'X' => "0X", 'o' => "0o", 'b' => "0b", _ => "" } : "";
        return Sign(place, value < 0) + prefix + (place.Grouping ? Group(digits) : digits.PadLeft(Math.Min(place.Precision ?? 0, MaxPrecision), '0'));
    }

    /// <summary>A float with its sign: fixed, scientific, general or percent.</summary>
    public static string Float(FormatPlace place, double value, ChatTemplateLimits limits)
    {
        bool upper = char.IsAsciiLetterUpper(place.Type);
        string sign = Sign(place, double.IsNegative(value));
        double magnitude = Math.Abs(value);
        if (!double.IsFinite(magnitude))
        {
            string name = double.IsNaN(magnitude) ? "nan" : "inf";
            return sign + (upper ? name.ToUpperInvariant() : name);
        }

        int precision = Math.Min(TextBuffer.CheckLength(place.Precision ?? 6, limits), MaxPrecision);
        string text = char.ToLowerInvariant(place.Type) switch
        {
            'e' => Scientific(magnitude, precision),
            'g' => General(magnitude, Math.Max(precision, 1)),
            '%' => (magnitude * 100).ToString("F" + precision, CultureInfo.InvariantCulture) + "%",
            _ => magnitude.ToString("F" + precision, CultureInfo.InvariantCulture),
        };
        int point = text.IndexOf('.', StringComparison.Ordinal);
        text = place.Grouping ? Group(point < 0 ? text : text[..point]) + (point < 0 ? "" : text[point..]) : text;
        return sign + (upper ? text.ToUpperInvariant() : text);
    }

    /// <summary>A float without a conversion: its shortest text, or at most a number of digits.</summary>
    public static string Shortest(FormatPlace place, double value, ChatTemplateLimits limits)
    {
        if (place.Precision is not null)
        {
            string general = Float(place with { Type = 'g', Grouping = false }, value, limits);
            bool plain = double.IsFinite(value) && general.AsSpan().IndexOfAny('.', 'e') < 0;

            // Unlike g, it keeps a digit behind the point.
            return plain ? general.TrimStart('-', '+', ' ').Length >= place.Precision ? Scientific(place, value) : general + ".0" : general;
        }

        string text = Sign(place, double.IsNegative(value)) + Describe.Float(Math.Abs(value));
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int first = text.Length > 0 && !char.IsAsciiDigit(text[0]) ? 1 : 0;
        return place.Grouping && point > 0 ? text[..first] + Group(text[first..point]) + text[point..] : text;
    }

    private static string Scientific(FormatPlace place, double value) =>
        Sign(place, double.IsNegative(value)) + TrimZeros(Scientific(Math.Abs(value), Math.Max((place.Precision ?? 1) - 1, 0)));

    private static string Sign(FormatPlace place, bool negative) => negative ? "-" : place.Sign == '-' ? "" : place.Sign.ToString();

    private static string Scientific(double value, int precision)
    {
        string text = value.ToString("E" + precision, CultureInfo.InvariantCulture);
        int e = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return $"{text[..e]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static string General(double value, int digits)
    {
        string scientific = Scientific(value, digits - 1);
        int e = scientific.IndexOf('e', StringComparison.Ordinal);
        int exponent = int.Parse(scientific.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent < -4 || exponent >= digits
            ? TrimZeros(scientific[..e]) + scientific[e..]
            : TrimZeros(value.ToString("F" + Math.Max(digits - 1 - exponent, 0), CultureInfo.InvariantCulture));
    }

    private static string TrimZeros(string text) => text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;

    private static string InBase(UInt128 value, uint radix)
    {
        string digits = "";
        do
        {
            digits = (char)('0' + (int)(value % radix)) + digits;
            value /= radix;
        }
        while (value > 0);
        return digits;
    }

    private static string Group(string digits)
    {
        for (int at = digits.Length - 3; at > 0; at -= 3)
        {
            digits = digits.Insert(at, ",");
        }

        return digits;
    }
}
