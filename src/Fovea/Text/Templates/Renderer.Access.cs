namespace Fovea.Text.Templates;

internal sealed partial class Renderer
{
    /// <summary><c>value.name</c>: a method or attribute of the type, else the key.</summary>
    public object? Attribute(object? value, string name)
    {
        if (value is Undefined missing && (missing.IsUnsafe || !IsReserved(name)))
        {
            throw missing.Error();
        }

        if (TryMember(value, name, out object? member))
        {
            return member;
        }

        return value is MappingValue mapping && mapping.TryGet(name, out object? found) ? found : Missing(value, name);
    }

    /// <summary><c>value[index]</c>: a key or item, else an attribute of that name.</summary>
    public object? Item(object? value, object? index)
    {
        Undefined.Refuse(value);
        switch (value)
        {
            case MappingValue mapping when index is not (ListValue { IsTuple: false } or MappingValue) && mapping.TryGet(index, out object? found):
                return found;
            case ListValue list when Numbers.TryInteger(index, out long at) && InRange(ref at, list.Items.Count):
                return list.Items[(int)at];
            case RangeValue range when Numbers.TryInteger(index, out long at) && InRange(ref at, range.Count):
                return range[(int)at];
            case string text when Numbers.TryInteger(index, out long at) && InRange(ref at, Texts.Length(text)):
                int place = Texts.Place(text, (int)at);
                return text.Substring(place, place + 1 < text.Length && char.IsSurrogatePair(text[place], text[place + 1]) ? 2 : 1);
        }

        return index is string name && TryMember(value, name, out object? member) ? member : Missing(value, index);
    }

    private static bool InRange(ref long index, int count)
    {
        index = index < 0 ? index + count : index;
        return index >= 0 && index < count;
    }

    private static bool IsReserved(string name) => name.Length > 4 && name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal);

    private static Undefined Missing(object? value, object? key)
    {
        string owner = value is null ? "'None'" : $"'{Describe.TypeOf(value)}'";
        return key is string name ? new Undefined($"{owner} has no attribute '{name}'") : new Undefined($"{owner} has no element {key ?? "None"}");
    }

    /// <summary>A method or attribute of the value's type. What the sandbox forbids is found and undefined.</summary>
    private bool TryMember(object? value, string name, out object? member)
    {
        if (IsReserved(name) && value is not NamespaceValue)
        {
            member = new Undefined($"templates may not use '{name}'", unsafeAccess: true);
            return true;
        }

        bool found = true;
        member = null;
        switch (value)
        {
            case NamespaceValue space:
                found = space.Attributes.TryGetValue(name, out member);
                break;
            case ObjectValue thing:
                found = thing.TryGet(name, out member);
                break;
            default:
                member = Methods.Find(this, value, name);
                found = member is not null;
                break;
        }

        return found;
    }

    private object? Slice(object? value, bool isConstant, SliceRange slice, Scope scope)
    {
        long? start = Bound(slice.Start, scope), stop = Bound(slice.Stop, scope), step = Bound(slice.Step, scope);
        Undefined.Refuse(value);
        return value switch
        {
            string text => Texts.FromCodePoints(Pick(Texts.CodePoints(text), start, stop, step)),
            ListValue list => new ListValue([.. Pick(list.Items, start, stop, step)], list.IsTuple),
            RangeValue range => SliceOf(range, start, stop, step),

            // The reference folds constants by a rule of its own.
            _ => isConstant ? Missing(value, "slice") : throw TemplateFailure.Runtime($"{Describe.TypeOf(value)} has no slices"),
        };
    }

    private static RangeValue SliceOf(RangeValue range, long? start, long? stop, long? step)
    {
        var picked = Pick<long>([.. Enumerable.Range(0, range.Count).Select(i => (long)i)], start, stop, step);
        return new RangeValue(picked.Count > 0 ? range[(int)picked[0]] : range.Start, range.Step * (step ?? 1), picked.Count);
    }

    private long? Bound(Expression? expression, Scope scope)
    {
        object? value = expression is null ? null : Evaluate(expression, scope);
        return value is null ? null : Numbers.TryInteger(value, out long bound) ? bound : throw TemplateFailure.Runtime($"{Describe.TypeOf(value)} is no bound of a slice");
    }

    private static List<T> Pick<T>(IReadOnlyList<T> items, long? start, long? stop, long? step)
    {
        long by = step ?? 1, count = items.Count;
        if (by == 0)
        {
            throw TemplateFailure.Runtime("the step of a slice is zero");
        }

        long Clamp(long? bound, long absent)
        {
            if (bound is not { } value)
            {
                return absent;
            }

            value = value < 0 ? value + count : value;
            return by > 0 ? Math.Clamp(value, 0, count) : Math.Clamp(value, -1, count - 1);
        }

        long from = Clamp(start, by > 0 ? 0 : count - 1), to = Clamp(stop, by > 0 ? count : -1);
        var picked = new List<T>();
        for (long i = from; by > 0 ? i < to : i > to; i += by)
        {
            picked.Add(items[(int)i]);

            // A step beyond the text must not wrap around.
            if (by > count || by < -count)
            {
                break;
            }
        }

        return picked;
    }
}
