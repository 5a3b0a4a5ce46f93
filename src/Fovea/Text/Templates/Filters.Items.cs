namespace Fovea.Text.Templates;

internal static partial class Filters
{
    private static object? Default(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("default", 0, "default_value", "boolean");
        bool replace = value is Undefined || (renderer.IsTrue(Arguments.Or(given[1], false)) && !renderer.IsTrue(value));
        return replace ? Arguments.Or(given[0], "") : value;
    }

    private static long Length(Renderer renderer, object? value, Arguments arguments)
    {
        arguments.Bind("length", 0);
        return renderer.TryLength(value, out long length) ? length : throw TemplateFailure.Runtime($"{Describe.TypeOf(value)} has no length");
    }

    private static object? First(Renderer renderer, object? value, Arguments arguments)
    {
        arguments.Bind("first", 0);
        foreach (object? item in renderer.Iterate(value))
        {
            return item;
        }

        return new Undefined("there is no first item");
    }

    private static object? Last(Renderer renderer, object? value, Arguments arguments)
    {
        arguments.Bind("last", 0);
        if (value is GeneratorValue)
        {
            throw TemplateFailure.Runtime("a generator cannot be read from its end");
        }

        return value is RangeValue { Count: > 0 } range ? range[range.Count - 1]
            : renderer.TryLength(value, out long length) && length == 0 ? new Undefined("there is no last item")
            : renderer.Iterate(value).Last();
    }

    private static GeneratorValue Items(Renderer renderer, object? value, Arguments arguments)
    {
        arguments.Bind("items", 0);

        // The value is looked at when the first pair is asked for.
        IEnumerable<object?> Pairs()
        {
            if (value is Undefined)
            {
                yield break;
            }

            var mapping = value as MappingValue ?? throw TemplateFailure.Runtime($"items needs a mapping, not {Describe.TypeOf(value)}");
            foreach (object? pair in new ViewValue("items", mapping).Items)
            {
                yield return pair;
            }
        }

        return new GeneratorValue(Pairs());
    }

    private static GeneratorValue Map(Renderer renderer, object? value, Arguments arguments)
    {
        // Nothing is looked at, not even the arguments, before the first item is asked for.
        IEnumerable<object?> Mapped()
        {
            if (!renderer.IsTrue(value))
            {
                yield break;
            }

            if (arguments.Positional.Count == 0 && arguments.Named.Any(entry => entry.Key == "attribute"))
            {
                object?[] given = arguments.Bind("map", 1, "attribute", "default");
                foreach (object? item in renderer.Iterate(value))
                {
                    renderer.Step();
                    yield return AttributePath.Get(renderer, item, given[0], Arguments.Or(given[1], null));
                }

                yield break;
            }

            string name = (arguments.Positional.Count > 0 ? arguments.Positional[0] : null) as string ?? throw TemplateFailure.Runtime("map needs the name of a filter or an attribute");
            var rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
            foreach (object? item in renderer.Iterate(value))
            {
                yield return renderer.CallFilter(name, item, rest);
            }
        }

        return new GeneratorValue(Mapped());
    }

    private static GeneratorValue Select(Renderer renderer, object? value, Arguments arguments, bool keep, bool byAttribute)
    {
        IEnumerable<object?> Selected()
        {
            if (!renderer.IsTrue(value))
            {
                yield break;
            }

            int used = byAttribute ? 1 : 0;
            if (arguments.Positional.Count < used)
            {
                throw TemplateFailure.Runtime("the name of an attribute is missing");
            }

            bool tested = arguments.Positional.Count > used;
            string test = tested ? arguments.Positional[used] as string ?? throw TemplateFailure.Runtime("the name of a test must be a text") : "";
            var rest = arguments with { Positional = [.. arguments.Positional.Skip(used + 1)] };
            foreach (object? item in renderer.Iterate(value))
            {
                renderer.Step();
                object? looked = byAttribute ? AttributePath.Get(renderer, item, arguments.Positional[0]) : item;
                if ((tested ? renderer.CallTest(test, looked, rest) : renderer.IsTrue(looked)) == keep)
                {
                    yield return item;
                }
            }
        }

        return new GeneratorValue(Selected());
    }

    private static object? Extreme(Renderer renderer, object? value, Arguments arguments, string name, int sign)
    {
        object?[] given = arguments.Bind(name, 0, "case_sensitive", "attribute");
        object? best = null, bestKey = null;
        bool any = false;
        foreach (object? item in renderer.Iterate(value))
        {
            renderer.Step();
            object? key = Key(renderer, item, given[0], Arguments.Or(given[1], null));
            if (!any || Equality.Compare(key, bestKey) * sign > 0)
            {
                (best, bestKey, any) = (item, key, true);
            }
        }

        return any ? best : new Undefined("there is no item to choose from");
    }

    private static object? Sum(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("sum", 0, "attribute", "start");
        object? attribute = Arguments.Or(given[0], null), total = Arguments.Or(given[1], 0L);
        if (total is string)
        {
            throw TemplateFailure.Runtime("sum does not work on texts");
        }

        foreach (object? item in renderer.Iterate(value))
        {
            renderer.Step();
            total = renderer.Operate("+", total, attribute is null ? item : AttributePath.Get(renderer, item, attribute));
        }

        return total;
    }

    private static ListValue Sort(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("sort", 0, "reverse", "case_sensitive", "attribute");
        object? attribute = Arguments.Or(given[2], null);
        object?[] paths = attribute is string path ? [.. path.Split(',')] : [attribute];
        var keyed = renderer.Collect(renderer.Iterate(value)).Items
            .Select(item => (Item: item, Key: (object?)new ListValue([.. paths.Select(part => Key(renderer, item, given[1], part))])));
        return new ListValue([.. Ordered(keyed, Integer(Arguments.Or(given[0], false), "reverse") != 0)]);
    }

    private static ListValue DictSort(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("dictsort", 0, "case_sensitive", "by", "reverse");
        Undefined.Refuse(value);
        var mapping = value as MappingValue ?? throw TemplateFailure.Runtime($"dictsort needs a mapping, not {Describe.TypeOf(value)}");
        string by = Arguments.Or(given[1], "key") as string ?? "";
        if (by is not ("key" or "value"))
        {
            throw TemplateFailure.Runtime("dictsort sorts by key or by value");
        }

        var keyed = mapping.Entries.Select(entry =>
            (Item: (object?)ListValue.Pair(entry.Key, entry.Value), Key: Key(renderer, by == "key" ? entry.Key : entry.Value, given[0], null)));
        return new ListValue([.. Ordered(keyed, Integer(Arguments.Or(given[2], false), "reverse") != 0)]);
    }

    private static GeneratorValue Unique(Renderer renderer, object? value, Arguments arguments)
    {
        object?[] given = arguments.Bind("unique", 0, "case_sensitive", "attribute");
        IEnumerable<object?> Distinct()
        {
            var seen = new HashSet<object>(KeyComparer.Instance);
            foreach (object? item in renderer.Iterate(value))
            {
                renderer.Step();
                if (seen.Add(Key(renderer, item, given[0], Arguments.Or(given[1], null)) ?? KeyComparer.None))
                {
                    yield return item;
                }
            }
        }

        return new GeneratorValue(Distinct());
    }

    private static object Reverse(Renderer renderer, object? value, Arguments arguments)
    {
        arguments.Bind("reverse", 0);
        return value is string text
            ? Texts.FromCodePoints(Enumerable.Reverse(Texts.CodePoints(text)))
            : new GeneratorValue(renderer.Collect(renderer.Iterate(value)).Items.Reverse());
    }

    /// <summary>What an item is compared by: itself or its attribute, texts in lower case unless told otherwise.</summary>
    private static object? Key(Renderer renderer, object? item, object? caseSensitive, object? attribute)
    {
        object? key = attribute is null ? item : AttributePath.Get(renderer, item, attribute);
        return key is string text && !renderer.IsTrue(Arguments.Or(caseSensitive, false)) ? TextCase.Lower(text) : key;
    }

    private static IEnumerable<object?> Ordered(IEnumerable<(object? Item, object? Key)> keyed, bool reverse)
    {
        try
        {
            var order = Comparer<object?>.Create((x, y) => Equality.Compare(x, y) ?? 0);
            return [.. (reverse ? keyed.OrderByDescending(entry => entry.Key, order) : keyed.OrderBy(entry => entry.Key, order)).Select(entry => entry.Item)];
        }
        catch (InvalidOperationException exception) when (exception.InnerException is ChatTemplateException inner)
        {
            throw inner;
        }
    }
}
