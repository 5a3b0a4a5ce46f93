namespace Fovea.Text.Templates;

/// <summary>Formatting with <c>%</c>, as in Python: <c>%s %r %d %i %u %f %e %g %x %X %o %c %%</c> with flags, width, precision and names.</summary>
internal static class Printf
{
    /// <summary>Fills a format with values: a tuple, a mapping for named places, or a single value.</summary>
    public static string Format(string format, object? values, Renderer renderer)
    {
        var buffer = new TextBuffer(renderer.Limits);
        var items = values is ListValue { IsTuple: true } tuple ? tuple.Items : [values];
        int next = 0, at = 0;
        bool named = false;
        while (at < format.Length)
        {
            int percent = format.IndexOf('%', at);
            if (percent < 0)
            {
                buffer.Append(format[at..]);
                break;
            }

            buffer.Append(format[at..percent]);
            var place = FormatPlace.ReadPrintf(format, percent + 1, () => next < items.Count ? items[next++] : throw TemplateFailure.Runtime("a format has too few values"));
            at = place.End;
            if (place.Type == '%')
            {
                buffer.Append("%");
                continue;
            }

            object? value;
            if (place.Name is { } name)
            {
                named = true;
                Undefined.Refuse(values);
                value = values is MappingValue mapping && mapping.TryGet(name, out object? found) ? found : throw TemplateFailure.Runtime($"a format has no value {name}");
            }
            else
            {
                value = next < items.Count ? items[next++] : throw TemplateFailure.Runtime("a format has too few values");
            }

            buffer.Append(Value(place, value, renderer));
        }

        bool allUsed = next >= items.Count || named || (next == 0 && values is MappingValue or ListValue { IsTuple: false });
        return allUsed ? buffer.ToString() : throw TemplateFailure.Runtime("a format has too many values");
    }

    private static string Value(FormatPlace place, object? value, Renderer renderer)
    {
        string text;
        switch (place.Type)
        {
            case 's':
            case 'r':
                text = place.Type == 's' ? renderer.Print(value) : Repr(value, renderer);
                text = place.Precision is { } length ? Texts.FromCodePoints(Texts.CodePoints(text).Take(length)) : text;
                return place.Pad(text, renderer.Limits, zeros: false);
            case 'c':
                text = value is string single && Texts.Length(single) == 1 ? single
                    : Numbers.TryInteger(value, out long code) && code is >= 0 and <= 0x10FFFF ? Texts.FromCodePoint((int)code)
                    : throw TemplateFailure.Runtime("%c needs one character");
                return place.Pad(text, renderer.Limits, zeros: false);
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                return place.Pad(NumberFormat.Integer(place, AsInteger(place.Type, value)), renderer.Limits, zeros: true);
            default:
                Undefined.Refuse(value);
                return Numbers.IsNumber(value)
                    ? place.Pad(NumberFormat.Float(place, Numbers.ToDouble(value), renderer.Limits), renderer.Limits, zeros: true)
                    : throw TemplateFailure.Runtime($"%{place.Type} needs a number");
        }
    }

    private static long AsInteger(char type, object? value)
    {
        Undefined.Refuse(value);
        if (Numbers.TryInteger(value, out long integer))
        {
            return integer;
        }

        return type is 'd' or 'i' or 'u' && value is double whole && Math.Abs(whole) < 9e18
            ? (long)whole
            : throw TemplateFailure.Runtime($"%{type} needs an integer");
    }

    /// <summary>A value as it stands in a container.</summary>
    public static string Repr(object? value, Renderer renderer)
    {
        var buffer = new TextBuffer(renderer.Limits);
        Describe.Literal(value, buffer);
        return buffer.ToString();
    }
}
