namespace Fovea.Text.Templates;

/// <summary>The functions that every template has.</summary>
internal static class Globals
{
    /// <summary>Finds a function by name.</summary>
    public static bool TryGet(Renderer renderer, string name, out object? value)
    {
        Func<Arguments, object?>? function = name switch
        {
            "range" => arguments => Range(renderer, arguments),
            "dict" => arguments => Mapping(renderer, arguments),
            "namespace" => arguments => Namespace(renderer, arguments),
            "cycler" => Cycle,
            "joiner" => Joiner,
            "raise_exception" => arguments => throw new ChatTemplateException(ChatTemplateError.Raised, renderer.Print(arguments.Bind("raise_exception", 1, "message")[0])),
            "strftime_now" => arguments => TimeText.Format(renderer.Now, arguments.Bind("strftime_now", 1, "format")[0] as string
                ?? throw TemplateFailure.Runtime("strftime_now needs a text")),
            _ => null,
        };
        value = function is null ? null : new FunctionValue(name, function);
        return function is not null;
    }

    private static RangeValue Range(Renderer renderer, Arguments arguments)
    {
        long[] bounds = [.. arguments.Bind("range", 1, "start", "stop", "step").TakeWhile(value => !ReferenceEquals(value, Arguments.Absent)).Select(Integer)];
        long start = bounds.Length > 1 ? bounds[0] : 0, stop = bounds.Length > 1 ? bounds[1] : bounds[0], step = bounds.Length > 2 ? bounds[2] : 1;
        if (step == 0 || arguments.Named.Count > 0)
        {
            throw TemplateFailure.Runtime(step == 0 ? "the step of a range is zero" : "range takes its bounds by place");
        }

        Int128 distance = step > 0 ? (Int128)stop - start : (Int128)start - stop, width = Int128.Abs(step);
        Int128 count = distance <= 0 ? 0 : (distance + width - 1) / width;
        return count <= renderer.Limits.RangeLength
            ? new RangeValue(start, step, (int)count)
            : throw TemplateFailure.Limit($"a range of {count} items is longer than the {renderer.Limits.RangeLength} allowed");
    }

    private static long Integer(object? value)
    {
        Undefined.Refuse(value);
        return Numbers.TryInteger(value, out long integer) ? integer : throw TemplateFailure.Runtime("the bounds of a range must be integers");
    }

    private static MappingValue Mapping(Renderer renderer, Arguments arguments)
    {
        var mapping = new MappingValue();
        object? source = (arguments with { Named = [] }).Bind("dict", 0, "mapping")[0];
        if (source is MappingValue given)
        {
            foreach (var (key, value) in given.Entries)
            {
                mapping.Set(key, value);
            }
        }
        else if (!ReferenceEquals(source, Arguments.Absent))
        {
            foreach (object? item in renderer.Collect(renderer.Iterate(source)).Items)
            {
                var pair = renderer.Collect(renderer.Iterate(item).Take(3)).Items;
                mapping.Set(pair.Count == 2 ? pair[0] : throw TemplateFailure.Runtime("dict needs pairs"), pair[1]);
            }
        }

        foreach (var (name, value) in arguments.Named)
        {
            mapping.Set(name, value);
        }

        return mapping;
    }

    private static NamespaceValue Namespace(Renderer renderer, Arguments arguments)
    {
        var attributes = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in Mapping(renderer, arguments).Entries)
        {
            attributes[key as string ?? throw TemplateFailure.Runtime("the attributes of a namespace have texts as names")] = value;
        }

        return new NamespaceValue(attributes);
    }

    private static Cycler Cycle(Arguments arguments) =>
        arguments.Positional.Count > 0 ? new Cycler(arguments.Positional) : throw TemplateFailure.Runtime("cycler needs items");

    private static FunctionValue Joiner(Arguments arguments)
    {
        object? separator = Arguments.Or(arguments.Bind("joiner", 0, "sep")[0], ", ");
        bool used = false;
        return new FunctionValue("joiner", call =>
        {
            call.Bind("joiner", 0);
            object? text = used ? separator : "";
            used = true;
            return text;
        });
    }
}
