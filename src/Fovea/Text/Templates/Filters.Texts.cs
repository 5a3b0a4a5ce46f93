namespace Fovea.Text.Templates;

internal static partial class Filters
{
    private static string Trim(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("trim", 0, "chars");
        return Texts.Strip(renderer.Print(value), OptionalText(given[0], "chars"));
    }

    private static string Replace(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("replace", 2, "old", "new", "count");
        object? count = Arguments.Or(given[2], null);
        return Texts.Replace(
            renderer.Print(value), renderer.Print(given[0]), renderer.Print(given[1]), count is null ? -1 : Integer(count, "the count"), renderer.Limits);
    }

    private static string Format(Renderer renderer, object? value, Arguments arguments)
    {
        if (arguments.Positional.Count > 0 && arguments.Named.Count > 0)
        {
            throw TemplateFailure.Runtime("format takes values by place or by name, not both");
        }

        object? values = new ListValue(arguments.Positional, IsTuple: true);
        if (arguments.Named.Count > 0)
        {
            var mapping = new MappingValue();
            foreach (var (name, item) in arguments.Named)
            {
                mapping.Set(name, item);
            }

            values = mapping;
        }

        return Printf.Format(renderer.Print(value), values, renderer);
    }

    private static string Escape(Renderer renderer, object? value, Arguments arguments)
    {
        arguments.Bind("escape", 0);
        var buffer = new TextBuffer(renderer.Limits);
        string text = renderer.Print(value);
        for (int at = 0; at < text.Length;)
        {
            int next = text.AsSpan(at).IndexOfAny("&<>'\"");
            next = next < 0 ? text.Length : at + next;
            buffer.Append(text[at..next]);
            if (next < text.Length)
            {
                buffer.Append(text[next] switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '\'' => "&#39;", _ => "&#34;" });
            }

            at = next + 1;
        }

        return buffer.ToString();
    }

    private static string Indent(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("indent", 0, "width", "first", "blank");
        Undefined.Refuse(value);
        string text = value as string ?? throw TemplateFailure.Runtime($"indent does not work on {Describe.TypeOf(value)}");
        object? width = Arguments.Or(given[0], 4L);
        string indent = width as string ?? (string)(renderer.Operate("*", " ", Integer(width, "the width")) ?? "");
        bool first = renderer.IsTrue(Arguments.Or(given[1], false)), blank = renderer.IsTrue(Arguments.Or(given[2], false));
        var buffer = new TextBuffer(renderer.Limits);
        buffer.Append(first ? indent : "");
        var lines = TextSplit.Lines(text + "\n", keepEnds: false);
        for (int i = 0; i < lines.Count; i++)
        {
            buffer.Append(i == 0 ? lines[i] : "\n" + (blank || lines[i].Length > 0 ? indent : "") + lines[i]);
        }

        return buffer.ToString();
    }

    private static string Join(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("join", 0, "d", "attribute");
        string separator = renderer.Print(Arguments.Or(given[0], ""));
        object? attribute = Arguments.Or(given[1], null);
        var buffer = new TextBuffer(renderer.Limits);
        bool any = false;
        foreach (object? item in renderer.Iterate(value))
        {
            renderer.Step();
            buffer.Append((any ? separator : "") + renderer.Print(attribute is null ? item : AttributePath.Get(renderer, item, attribute)));
            any = true;
        }

        return buffer.ToString();
    }

    private static string ToJson(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys");
        object? width = Arguments.Or(given[1], null);
        string? indent = width is null ? null : width as string ?? (string)(renderer.Operate("*", " ", Integer(width, "the indent")) ?? "");
        string item = indent is null ? ", " : ",", key = ": ";
        if (Arguments.Or(given[2], null) is { } separators)
        {
            var pair = renderer.Collect(renderer.Iterate(separators)).Items;
            (item, key) = pair is [string first, string second] ? (first, second) : throw TemplateFailure.Runtime("separators must be two texts");
        }

        var buffer = new TextBuffer(renderer.Limits);
        bool ascii = renderer.IsTrue(Arguments.Or(given[0], false)), sort = renderer.IsTrue(Arguments.Or(given[3], false));
        new JsonText(buffer, ascii, indent, item, key, sort).Write(value);
        return buffer.ToString();
    }

    private static object? ToInteger(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("int", 0, "default", "base");
        Undefined.Refuse(value);
        if (Numbers.TryInteger(value, out long integer))
        {
            return integer;
        }

        if (value is string text && Arguments.Or(given[1], 10L) is long radix && NumberText.TryInteger(text, radix, out integer))
        {
            return integer;
        }

        double number = value is double real ? real : value is string digits && NumberText.TryFloat(digits, out double parsed) ? parsed : double.NaN;
        if (double.IsNaN(number) || (double.IsInfinity(number) && value is string))
        {
            return Arguments.Or(given[0], 0L);
        }

        return ToLong(number);
    }

    private static long ToLong(double number) => !double.IsFinite(number) ? throw TemplateFailure.Runtime("infinity is no integer")
        : Math.Abs(number) < 9.2e18 ? (long)number
        : throw TemplateFailure.Limit("an integer does not fit into 64 bits");

    private static object? ToFloat(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("float", 0, "default");
        Undefined.Refuse(value);
        return Numbers.IsNumber(value) ? Numbers.ToDouble(value)
            : value is string text && NumberText.TryFloat(text, out double parsed) ? parsed
            : Arguments.Or(given[0], 0.0);
    }

    private static object Absolute(object? value, Arguments arguments)
    {
        arguments.Bind("abs", 0);
        return value is double number ? Math.Abs(number)
            : Numbers.TryInteger(value, out long integer) ? integer >= 0 ? integer : Numbers.Apply("-", 0L, integer)
            : throw TemplateFailure.Runtime($"abs does not work on {Describe.TypeOf(value)}");
    }

    private static object Round(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("round", 0, "precision", "method");
        bool toInteger = given[0] is null;
        long precision = Integer(Arguments.Or(given[0] ?? 0L, 0L), "the precision");
        string method = Arguments.Or(given[1], "common") as string ?? "";
        if (!Numbers.IsNumber(value) || method is not ("common" or "ceil" or "floor"))
        {
            throw TemplateFailure.Runtime("round needs a number, and common, ceil or floor");
        }

        if (method == "common")
        {
            return Numbers.TryInteger(value, out long integer) ? NumberText.Round(integer, precision)
                : NumberText.Round(Numbers.ToDouble(value), precision) is var rounded && toInteger ? (object)ToLong(rounded)
                : rounded;
        }

        double scale = Math.Pow(10, precision), scaled = Numbers.ToDouble(value) * scale;
        return (method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)) / scale;
    }
}
