using System.Globalization;
using System.Text;
using Fovea.Text.Unicode;

namespace Fovea.Text.Templates;

/// <summary>Values as text, as Python prints them.</summary>
internal static class Describe
{
    private static readonly CodePointTable Printable = CodePointTable.FromRanges(PrintableData.Printable);

    /// <summary>Whether a code point of a text inside a container prints as itself.</summary>
    public static bool IsPrintable(int codePoint) => Printable[codePoint] != 0;

    /// <summary>The name of a value's type in messages.</summary>
    public static string TypeOf(object? value) => value switch
    {
        null => "none",
        bool => "a bool",
        long => "an integer",
        double => "a float",
        string => "a text",
        ListValue { IsTuple: true } => "a tuple",
        ListValue => "a list",
        MappingValue => "a mapping",
        NamespaceValue => "a namespace",
        RangeValue => "a range",
        ViewValue => "a view",
        GeneratorValue => "a generator",
        FunctionValue => "a function",
        Undefined => "an undefined value",
        _ => "an object",
    };

    /// <summary>The printed text of a value.</summary>
    public static string Print(object? value, ChatTemplateLimits limits)
    {
        if (value is string text)
        {
            return text;
        }

        if (value is Undefined)
        {
            return "";
        }

        var buffer = new TextBuffer(limits);
        Literal(value, buffer);
        return buffer.ToString();
    }

    /// <summary>Appends a value as it stands inside a container.</summary>
    public static void Literal(object? value, TextBuffer buffer)
    {
        TemplateFailure.GuardStack();
        switch (value)
        {
            case null:
                buffer.Append("None");
                break;
            case bool flag:
                buffer.Append(flag ? "True" : "False");
                break;
            case long number:
                buffer.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                buffer.Append(Float(number));
                break;
            case string text:
                Quoted(text, buffer);
                break;
            case Undefined:
                buffer.Append("Undefined");
                break;
            case ListValue list:
                Items(list.IsTuple ? "(" : "[", list.Items, list.IsTuple ? list.Items.Count == 1 ? ",)" : ")" : "]", buffer);
                break;
            case MappingValue mapping:
                Entries("{", mapping, "}", buffer);
                break;
            case NamespaceValue space:
                var attributes = new MappingValue();
                foreach (var (name, attribute) in space.Attributes)
                {
                    attributes.Set(name, attribute);
                }

                Entries("<Namespace {", attributes, "}>", buffer);
                break;
            case RangeValue range:
                string start = range.Start.ToString(CultureInfo.InvariantCulture), stop = (range.Start + (range.Count * range.Step)).ToString(CultureInfo.InvariantCulture);
                buffer.Append(range.Step == 1 ? $"range({start}, {stop})" : $"range({start}, {stop}, {range.Step.ToString(CultureInfo.InvariantCulture)})");
                break;
            case ViewValue view:
                Items($"dict_{view.Kind}([", [.. view.Items], "])", buffer);
                break;
            default:
                buffer.Append($"<{TypeOf(value)}>");
                break;
        }
    }

    /// <summary>A float: the shortest text that reads back, with a decimal point or an exponent.</summary>
    public static string Float(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        string digits = new([.. shortest.Split('E')[0].Where(char.IsAsciiDigit)]);
        digits = digits.TrimStart('0').TrimEnd('0');
        string sign = double.IsNegative(value) ? "-" : "";
        if (digits.Length == 0)
        {
            return sign + "0.0";
        }

        int exponent = Exponent(shortest);
        if (exponent is < -4 or >= 16)
        {
            string mantissa = digits.Length > 1 ? $"{digits[0]}.{digits[1..]}" : digits;
            return $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
        {
            return sign + "0." + new string('0', -exponent - 1) + digits;
        }

        digits = digits.PadRight(exponent + 1, '0');
        string fraction = digits[(exponent + 1)..];
        return $"{sign}{digits[..(exponent + 1)]}.{(fraction.Length > 0 ? fraction : "0")}";
    }

    /// <summary>Appends a text in quotes with its escapes.</summary>
    public static void Quoted(string text, TextBuffer buffer)
    {
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var result = new StringBuilder().Append(quote);
        foreach (int codePoint in Texts.CodePoints(text))
        {
            switch (codePoint)
            {
                case '\n':
                    result.Append("\\n");
                    break;
                case '\r':
                    result.Append("\\r");
                    break;
                case '\t':
                    result.Append("\\t");
                    break;
                case '\\':
                    result.Append("\\\\");
                    break;
                default:
                    result.Append(codePoint == quote ? $"\\{quote}"
                        : IsPrintable(codePoint) ? Texts.FromCodePoint(codePoint)
                        : codePoint < 0x100 ? $"\\x{codePoint:x2}"
                        : codePoint < 0x10000 ? $"\\u{codePoint:x4}"
                        : $"\\U{codePoint:x8}");
                    break;
            }
        }

        buffer.Append(result.Append(quote).ToString());
    }

    /// <summary>The decimal exponent of the first significant digit.</summary>
    private static int Exponent(string shortest)
    {
        int e = shortest.IndexOf('E', StringComparison.Ordinal);
        string mantissa = (e < 0 ? shortest : shortest[..e]).TrimStart('-');
        int power = e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int whole = point < 0 ? mantissa.Length : point;
        int first = mantissa.IndexOfAny(['1', '2', '3', '4', '5', '6', '7', '8', '9']);
        return power + (first < whole ? whole - first - 1 : whole - first);
    }

    private static void Items(string open, IReadOnlyList<object?> items, string close, TextBuffer buffer)
    {
        buffer.Open(open);
        for (int i = 0; i < items.Count; i++)
        {
            buffer.Append(i > 0 ? ", " : "");
            Literal(items[i], buffer);
        }

        buffer.Close(close);
    }

    private static void Entries(string open, MappingValue mapping, string close, TextBuffer buffer)
    {
        buffer.Open(open);
        for (int i = 0; i < mapping.Entries.Count; i++)
        {
            buffer.Append(i > 0 ? ", " : "");
            Literal(mapping.Entries[i].Key, buffer);
            buffer.Append(": ");
            Literal(mapping.Entries[i].Value, buffer);
        }

        buffer.Close(close);
    }
}
