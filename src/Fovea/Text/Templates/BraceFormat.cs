namespace Fovea.Text.Templates;

/// <summary>The method <c>format</c> of texts, as in Python: <c>{}</c>, <c>{0}</c>, <c>{name}</c>, attributes and items, <c>!r !s</c>, and format specifications.</summary>
internal static class BraceFormat
{
    /// <summary>Fills a format.</summary>
    public static string Format(string format, Arguments arguments, Renderer renderer)
    {
        var buffer = new TextBuffer(renderer.Limits);
        int next = 0;
        for (int at = 0; at < format.Length;)
        {
            char c = format[at];
            if (c is not ('{' or '}'))
            {
                int end = format.AsSpan(at).IndexOfAny('{', '}');
                end = end < 0 ? format.Length : at + end;
                buffer.Append(format[at..end]);
                at = end;
                continue;
            }

            if (at + 1 < format.Length && format[at + 1] == c)
            {
                buffer.Append(c.ToString());
                at += 2;
                continue;
            }

            int close = c == '{' ? format.IndexOf('}', at) : -1;
            if (close < 0)
            {
                throw TemplateFailure.Runtime("a brace in a format has no partner");
            }

            buffer.Append(Place(format[(at + 1)..close], arguments, ref next, renderer));
            at = close + 1;
        }

        return buffer.ToString();
    }

    private static string Place(string place, Arguments arguments, ref int next, Renderer renderer)
    {
        int colon = place.IndexOf(':', StringComparison.Ordinal);
        string specification = colon < 0 ? "" : place[(colon + 1)..];
        string field = colon < 0 ? place : place[..colon];
        int mark = field.IndexOf('!', StringComparison.Ordinal);
        string conversion = mark < 0 ? "" : field[(mark + 1)..];
        field = mark < 0 ? field : field[..mark];
        object? value = Field(field, arguments, ref next, renderer);
        value = conversion switch
        {
            "" => value,
            "s" => renderer.Print(value),
            "r" => Printf.Repr(value, renderer),
            _ => throw TemplateFailure.Runtime($"!{conversion} is no known conversion"),
        };
        return Apply(specification, value, renderer);
    }

    private static object? Field(string field, Arguments arguments, ref int next, Renderer renderer)
    {
        int end = field.IndexOfAny(['.', '[']);
        string first = end < 0 ? field : field[..end];
        object? value;
        int digits = 0;
        if (first.Length == 0 || (FormatPlace.ReadNumber(first, ref digits) is not null && digits == first.Length))
        {
            int place = 0;
            int index = first.Length == 0 ? next++ : FormatPlace.ReadNumber(first, ref place) ?? 0;
            value = index < arguments.Positional.Count ? arguments.Positional[index] : throw TemplateFailure.Runtime($"a format has no value {index}");
        }
        else
        {
            var named = arguments.Named.Where(entry => entry.Key == first).ToArray();
            value = named.Length > 0 ? named[0].Value : throw TemplateFailure.Runtime($"a format has no value {first}");
        }

        for (int at = end < 0 ? field.Length : end; at < field.Length;)
        {
            bool item = field[at] == '[';
            int stop = item ? field.IndexOf(']', at) : field.IndexOfAny(['.', '['], at + 1);
            stop = stop < 0 ? (item ? throw TemplateFailure.Runtime("a bracket in a format is not closed") : field.Length) : stop;
            string key = field[(at + 1)..stop];
            int place = 0;
            value = !item ? renderer.Attribute(value, key)
                : FormatPlace.ReadNumber(key, ref place) is { } index && place == key.Length ? renderer.Item(value, (long)index)
                : renderer.Item(value, key);
            at = item ? stop + 1 : stop;
        }

        return value;
    }

    private static string Apply(string specification, object? value, Renderer renderer)
    {
        if (specification.Length == 0)
        {
            return renderer.Print(value);
        }

        var place = Read(specification);
        if (value is string text)
        {
            bool fits = place.Type is '\0' or 's' && place.Align != '=' && place.Sign == '\0' && !place.Alternate && !place.Grouping;
            text = fits ? text : throw TemplateFailure.Runtime($"\"{specification}\" is no format of a text");
            text = place.Precision is { } length ? Texts.FromCodePoints(Texts.CodePoints(text).Take(length)) : text;
            return (place with { Align = place.Align == ' ' ? '<' : place.Align, Fill = place.Zeros ? "0" : place.Fill, Zeros = false })
                .Pad(text, renderer.Limits, zeros: false);
        }

        if (!Numbers.IsNumber(value))
        {
            throw TemplateFailure.Runtime($"{Describe.TypeOf(value)} has no formats");
        }

        place = place with { Align = place.Align == ' ' ? '>' : place.Align, Sign = place.Sign == '\0' ? '-' : place.Sign };
        return place.Pad(Digits(place, value, renderer), renderer.Limits, zeros: true);
    }

    private static string Digits(FormatPlace place, object? value, Renderer renderer)
    {
        bool isInteger = Numbers.TryInteger(value, out long integer);
        if (isInteger && place.Type is '\0' or 'd' or 'x' or 'X' or 'o' or 'b')
        {
            return place.Precision is null ? NumberFormat.Integer(place, integer) : throw TemplateFailure.Runtime("an integer has no precision");
        }

        return place.Type switch
        {
            'c' when isInteger && integer is >= 0 and <= 0x10FFFF => Texts.FromCodePoint((int)integer),
            '\0' => NumberFormat.Shortest(place, Numbers.ToDouble(value), renderer.Limits),
            'f' or 'F' or 'e' or 'E' or 'g' or 'G' or '%' => NumberFormat.Float(place, Numbers.ToDouble(value), renderer.Limits),
            _ => throw TemplateFailure.Runtime($"the format {place.Type} does not work on {Describe.TypeOf(value)}"),
        };
    }

    private static FormatPlace Read(string specification)
    {
        int at = 0;
        string fill = " ";
        char align = ' ';
        int first = specification.Length > 1 && char.IsSurrogatePair(specification, 0) ? 2 : 1;
        if (specification.Length > first && specification[first] is '<' or '>' or '^' or '=')
        {
            (fill, align, at) = (specification[..first], specification[first], first + 1);
        }
        else if (specification[0] is '<' or '>' or '^' or '=')
        {
            (align, at) = (specification[0], 1);
        }

        bool Takes(char c)
        {
            bool found = at < specification.Length && specification[at] == c;
            at += found ? 1 : 0;
            return found;
        }

        char sign = Takes('+') ? '+' : Takes(' ') ? ' ' : Takes('-') ? '-' : '\0';
        bool alternate = Takes('#'), zeros = Takes('0') && align == ' ';
        int width = FormatPlace.ReadNumber(specification, ref at) ?? 0;
        bool grouping = Takes(',');
        int? precision = Takes('.') ? FormatPlace.ReadNumber(specification, ref at) ?? throw TemplateFailure.Runtime("a format lacks its precision") : null;
        char type = at < specification.Length ? specification[at++] : '\0';
        return at == specification.Length
            ? new FormatPlace
            {
                Type = type, Fill = fill, Align = align, Sign = sign, Alternate = alternate, Zeros = zeros, Grouping = grouping, Width = width, Precision = precision,
            }
            : throw TemplateFailure.Runtime($"\"{specification}\" is no known format");
    }
}
