using System.Globalization;
using Fovea.Text.Unicode;

namespace Fovea.Text.Templates;

/// <summary>The methods of texts, as in Python; places and lengths are in code points.</summary>
internal static class TextMethods
{
    /// <summary>The method of a name; null if texts have none.</summary>
    public static Func<Arguments, object?>? Find(Renderer renderer, string text, string name) => name switch
    {
        "upper" => Plain(name, () => TextCase.Upper(text)),
        "lower" => Plain(name, () => TextCase.Lower(text)),
        "title" => Plain(name, () => TextCase.Title(text)),
        "capitalize" => Plain(name, () => TextCase.Capitalize(text)),
        "swapcase" => Plain(name, () => TextCase.Swap(text)),
        "isdigit" => Plain(name, () => All(text, c => Describe.IsPrintable(c) && CharUnicodeInfo.GetDigitValue(Texts.FromCodePoint(c), 0) >= 0)),
        "isdecimal" => Plain(name, () => All(text, c => TextCase.Known(c) == UnicodeCategory.DecimalDigitNumber)),
        "isnumeric" => Plain(name, () => All(text, IsNumeric)),
        "isalpha" => Plain(name, () => All(text, IsAlphabetic)),
        "isalnum" => Plain(name, () => All(text, c => IsAlphabetic(c) || IsNumeric(c))),
        "isspace" => Plain(name, () => All(text, CharacterClasses.IsPythonSpace)),
        "isupper" => Plain(name, () => TextCase.IsAllUpper(text)),
        "islower" => Plain(name, () => TextCase.IsAllLower(text)),
        "strip" or "lstrip" or "rstrip" => a => Texts.Strip(text, OptionalText(a.Bind(name, 0, "chars")[0]), name != "rstrip", name != "lstrip"),
        "split" or "rsplit" => a => Split(text, name, a),
        "splitlines" => a => ListOf(TextSplit.Lines(text, renderer.IsTrue(Arguments.Or(a.Bind(name, 0, "keepends")[0], false)))),
        "partition" or "rpartition" => a => Partition(text, name, TextOf(a.Bind(name, 1, "sep")[0])),
        "startswith" or "endswith" => a => Begins(text, name, a),
        "replace" => a => Replace(text, a, renderer.Limits),
        "find" or "rfind" or "index" or "rindex" => a => Place(text, name, a),
        "count" => a => (object?)Count(text, a),
        "join" => a => Join(text, a, renderer),
        "removeprefix" => a => TextOf(a.Bind(name, 1, "prefix")[0]) is var prefix && text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text,
        "removesuffix" => a => TextOf(a.Bind(name, 1, "suffix")[0]) is var suffix && text.EndsWith(suffix, StringComparison.Ordinal) ? text[..^suffix.Length] : text,
        "zfill" or "ljust" or "rjust" or "center" => a => Pad(text, name, a, renderer.Limits),
        "format" => a => BraceFormat.Format(text, a, renderer),
        _ => null,
    };

    private static Func<Arguments, object?> Plain(string name, Func<object?> compute) => arguments =>
    {
        arguments.Bind(name, 0);
        return compute();
    };

    private static bool All(string text, Func<int, bool> test) => text.Length > 0 && Texts.CodePoints(text).All(test);

    private static bool IsAlphabetic(int c) => TextCase.Known(c) is UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter
        or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter;

    private static bool IsNumeric(int c) => Describe.IsPrintable(c) && CharUnicodeInfo.GetNumericValue(Texts.FromCodePoint(c), 0) is not -1;

    private static string TextOf(object? value)
    {
        Undefined.Refuse(value);
        return value as string ?? throw TemplateFailure.Runtime($"a text is needed, not {Describe.TypeOf(value)}");
    }

    private static string? OptionalText(object? value) => value is null || ReferenceEquals(value, Arguments.Absent) ? null : TextOf(value);

    private static long IntegerOf(object? value)
    {
        Undefined.Refuse(value);
        return Numbers.TryInteger(value, out long integer) ? integer : throw TemplateFailure.Runtime($"an integer is needed, not {Describe.TypeOf(value)}");
    }

    private static ListValue ListOf(IEnumerable<string> items, bool isTuple = false) => new([.. items], isTuple);

    private static ListValue Split(string text, string name, Arguments arguments)
    {
        object?[] given = arguments.Bind(name, 0, "sep", "maxsplit");
        string? separator = OptionalText(given[0]);
        long most = IntegerOf(Arguments.Or(given[1], -1L));
        return separator is null ? ListOf(TextSplit.Words(text, most, name == "rsplit"))
            : separator.Length > 0 ? ListOf(TextSplit.Parts(text, separator, most, name == "rsplit"))
            : throw TemplateFailure.Runtime("a text cannot be split at nothing");
    }

    private static ListValue Partition(string text, string name, string separator)
    {
        if (separator.Length == 0)
        {
            throw TemplateFailure.Runtime("a text cannot be split at nothing");
        }

        bool last = name == "rpartition";
        int at = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        return at >= 0 ? ListOf([text[..at], separator, text[(at + separator.Length)..]], isTuple: true) : ListOf(last ? ["", "", text] : [text, "", ""], isTuple: true);
    }

    /// <summary>The part of a text between two optional bounds; null if the first one lies behind the end.</summary>
    private static (string Part, long Start)? Part(string text, object? start, object? end)
    {
        int length = Texts.Length(text);
        if (Numbers.TryInteger(start, out long first) && first > length)
        {
            return null;
        }

        long from = Methods.Bound(start, 0, length), to = Methods.Bound(end, length, length);
        return from <= to ? (text[Texts.Place(text, (int)from)..Texts.Place(text, (int)to)], from) : null;
    }

    private static object Begins(string text, string name, Arguments arguments)
    {
        object?[] given = arguments.Bind(name, 1, "prefix", "start", "end");
        var part = Part(text, given[1], given[2]);
        var wanted = given[0] is ListValue { IsTuple: true } tuple ? tuple.Items.Select(TextOf) : [TextOf(given[0])];
        return part is { } found && wanted.Any(affix =>
            name == "startswith" ? found.Part.StartsWith(affix, StringComparison.Ordinal) : found.Part.EndsWith(affix, StringComparison.Ordinal));
    }

    private static string Replace(string text, Arguments arguments, ChatTemplateLimits limits)
    {
        object?[] given = arguments.Bind("replace", 2, "old", "new", "count");
        return Texts.Replace(text, TextOf(given[0]), TextOf(given[1]), IntegerOf(Arguments.Or(given[2], -1L)), limits);
    }

    private static object Place(string text, string name, Arguments arguments)
    {
        object?[] given = arguments.Bind(name, 1, "sub", "start", "end");
        string wanted = TextOf(given[0]);
        int at = -1;
        long start = 0;
        string part = "";
        if (Part(text, given[1], given[2]) is { } found)
        {
            (part, start) = found;
            at = name[0] == 'r' ? part.LastIndexOf(wanted, StringComparison.Ordinal) : part.IndexOf(wanted, StringComparison.Ordinal);
        }

        return at >= 0 ? start + Texts.Length(part[..at])
            : name.EndsWith("find", StringComparison.Ordinal) ? -1L
            : throw TemplateFailure.Runtime("the text does not hold the part");
    }

    private static long Count(string text, Arguments arguments)
    {
        object?[] given = arguments.Bind("count", 1, "sub", "start", "end");
        string wanted = TextOf(given[0]);
        if (Part(text, given[1], given[2]) is not { } found)
        {
            return 0L;
        }

        if (wanted.Length == 0)
        {
            return (long)Texts.Length(found.Part) + 1;
        }

        long count = 0;
        for (int at = 0; (at = found.Part.IndexOf(wanted, at, StringComparison.Ordinal)) >= 0; at += wanted.Length)
        {
            count++;
        }

        return count;
    }

    private static string Join(string text, Arguments arguments, Renderer renderer)
    {
        var buffer = new TextBuffer(renderer.Limits);
        bool any = false;
        object? items = arguments.Bind("join", 1, "iterable")[0];
        foreach (object? item in renderer.Iterate(items))
        {
            renderer.Step();
            buffer.Append((any ? text : "") + (item as string ?? throw TemplateFailure.Runtime($"join needs texts, not {Describe.TypeOf(item)}")));
            any = true;
        }

        return buffer.ToString();
    }

    private static string Pad(string text, string name, Arguments arguments, ChatTemplateLimits limits)
    {
        object?[] given = name == "zfill" ? [.. arguments.Bind(name, 1, "width"), "0"] : arguments.Bind(name, 1, "width", "fillchar");
        long width = IntegerOf(given[0]);
        string fill = TextOf(Arguments.Or(given[1], " "));
        int length = Texts.Length(text);
        if (Texts.Length(fill) != 1)
        {
            throw TemplateFailure.Runtime("the fill must be one character");
        }

        if (width <= length)
        {
            return text;
        }

        int missing = TextBuffer.CheckLength(width, limits) - length;
        int left = name switch
        {
            "ljust" => 0,
            "center" => (missing / 2) + (int)(missing & width & 1),
            _ => missing,
        };
        int sign = name == "zfill" && text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        string Fill(int count) => new System.Text.StringBuilder().Insert(0, fill, count).ToString();
        return text[..sign] + Fill(left) + text[sign..] + Fill(missing - left);
    }
}
