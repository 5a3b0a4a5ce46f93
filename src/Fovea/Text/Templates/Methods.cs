namespace Fovea.Text.Templates;

/// <summary>Methods and attributes of the built-in types.</summary>
internal static class Methods
{
    /// <summary>The member of a value; null if its type has none of that name. Members that change a list or mapping are undefined.</summary>
    public static object? Find(Renderer renderer, object? value, string name)
    {
        bool changes = value switch
        {
            ListValue { IsTuple: false } => name is "append" or "extend" or "insert" or "pop" or "remove" or "reverse" or "sort" or "clear",
            MappingValue => name is "clear" or "pop" or "popitem" or "setdefault" or "update",
            _ => false,
        };
        if (changes)
        {
            return new Undefined($"templates may not change {Describe.TypeOf(value)} with '{name}'", unsafeAccess: true);
        }

        var method = value switch
        {
            string text => TextMethods.Find(renderer, text, name),
            MappingValue mapping => OfMapping(renderer, mapping, name),
            ListValue list => OfList(list.Items, list, name),
            RangeValue range => OfList([.. renderer.Iterate(range)], null, name),
            _ => null,
        };
        return method is not null ? new FunctionValue(name, method) : Attribute(value, name);
    }

    private static object? Attribute(object? value, string name) => (value, name) switch
    {
        (RangeValue range, "start") => range.Start,
        (RangeValue range, "stop") => range.Start + (range.Count * range.Step),
        (RangeValue range, "step") => range.Step,
        (MacroValue macro, "name") => macro.Name,
        (MacroValue macro, "arguments") => new ListValue([.. macro.Signature.Parameters.Select(parameter => parameter.Name)], IsTuple: true),
        (MacroValue macro, "catch_kwargs") => macro.Signature.Uses.Contains("kwargs"),
        (MacroValue macro, "catch_varargs") => macro.Signature.Uses.Contains("varargs"),
        (MacroValue macro, "caller") => macro.Signature.Uses.Contains("caller"),
        _ => null,
    };

    private static Func<Arguments, object?>? OfMapping(Renderer renderer, MappingValue mapping, string name) => name switch
    {
        "get" => arguments =>
        {
            object?[] given = arguments.Bind("get", 1, "key", "default");
            return mapping.TryGet(given[0], out object? value) ? value : Arguments.Or(given[1], null);
        },
        "items" or "keys" or "values" => arguments =>
        {
            arguments.Bind(name, 0);
            return new ViewValue(name, mapping);
        },
        "copy" => arguments =>
        {
            arguments.Bind("copy", 0);
            return mapping;
        },
        "fromkeys" => arguments =>
        {
            object?[] given = arguments.Bind("fromkeys", 1, "iterable", "value");
            var result = new MappingValue();
            foreach (object? key in renderer.Collect(renderer.Iterate(given[0])).Items)
            {
                result.Set(key, Arguments.Or(given[1], null));
            }

            return result;
        },
        _ => null,
    };

    private static Func<Arguments, object?>? OfList(IReadOnlyList<object?> items, ListValue? list, string name) => name switch
    {
        "count" => arguments =>
        {
            object? wanted = arguments.Bind("count", 1, "value")[0];
            return (long)items.Count(item => Equality.AreEqual(item, wanted));
        },
        "index" => arguments =>
        {
            object?[] given = arguments.Bind("index", 1, "value", "start", "stop");
            long start = Bound(given[1], 0, items.Count), stop = Bound(given[2], items.Count, items.Count);
            for (long i = start; i < stop; i++)
            {
                if (Equality.AreEqual(items[(int)i], given[0]))
                {
                    return i;
                }
            }

            throw TemplateFailure.Runtime("the list does not hold the value");
        },
        "copy" when list is { IsTuple: false } => arguments =>
        {
            arguments.Bind("copy", 0);
            return list;
        },
        _ => null,
    };

    /// <summary>A bound of a part: negative counts from the end, and nothing lies outside.</summary>
    public static long Bound(object? value, long absent, int length)
    {
        if (ReferenceEquals(value, Arguments.Absent) || value is null)
        {
            return absent;
        }

        Undefined.Refuse(value);
        long bound = Numbers.TryInteger(value, out long integer) ? integer : throw TemplateFailure.Runtime("a bound must be an integer");
        return Math.Clamp(bound < 0 ? bound + length : bound, 0, length);
    }
}
