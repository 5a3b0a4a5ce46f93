namespace Fovea.Text.Templates;

internal sealed partial class Renderer
{
    /// <summary>Whether a value counts as true.</summary>
    public bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        _ => !TryLength(value, out long length) || length > 0,
    };

    /// <summary>The length of a text, list, tuple, mapping, range, view or undefined value.</summary>
    public bool TryLength(object? value, out long length)
    {
        length = value switch
        {
            string text => Texts.Length(text),
            ListValue list => list.Items.Count,
            MappingValue mapping => mapping.Entries.Count,
            ViewValue view => view.Mapping.Entries.Count,
            RangeValue range => range.Count,
            Undefined => 0,
            _ => -1,
        };
        return length >= 0;
    }

    /// <summary>The items of a value.</summary>
    /// <exception cref="ChatTemplateException">It has none.</exception>
    public IEnumerable<object?> Iterate(object? value) => value switch
    {
        ListValue list => list.Items,
        string text => Texts.CodePoints(text).Select(codePoint => (object?)Texts.FromCodePoint(codePoint)),
        MappingValue mapping => mapping.Entries.Select(entry => entry.Key),
        ViewValue view => view.Items,
        RangeValue range => Enumerable.Range(0, range.Count).Select(i => (object?)range[i]),
        GeneratorValue generator => generator.Rest(),
        Undefined => [],
        _ => throw TemplateFailure.Runtime($"{Describe.TypeOf(value)} has no items to go through"),
    };

    private object? Evaluate(Expression expression, Scope scope)
    {
        TemplateFailure.GuardStack();
        return expression switch
        {
            Constant constant => constant.Value,
            Variable variable => Lookup(variable.Name, scope),
            Sequence sequence => new ListValue([.. sequence.Items.Select(item => Evaluate(item, scope))], sequence.IsTuple),
            MappingLiteral mapping => Evaluate(mapping, scope),
            Unary unary => Sign(unary.Operator, Evaluate(unary.Operand, scope)),
            Binary { Operator: "and" } binary => Evaluate(binary.Left, scope) is var left && IsTrue(left) ? Evaluate(binary.Right, scope) : left,
            Binary { Operator: "or" } binary => Evaluate(binary.Left, scope) is var left && IsTrue(left) ? left : Evaluate(binary.Right, scope),
            Binary binary => Operate(binary.Operator, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope)),
            Comparison comparison => Evaluate(comparison, scope),
            Conditional conditional => Evaluate(conditional, scope),
            AttributeAccess access => Attribute(Evaluate(access.Target, scope), access.Name),
            ItemAccess { Index: SliceRange slice } access => Slice(Evaluate(access.Target, scope), access.Target is Constant or MappingLiteral, slice, scope),
            ItemAccess access => Item(Evaluate(access.Target, scope), Evaluate(access.Index, scope)),
            Call call => Invoke(Evaluate(call.Target, scope), Evaluate(call.Arguments, scope)),
            FilterUse filter => CallFilter(filter.Name, filter.Target is { } target ? Evaluate(target, scope) : null, Evaluate(filter.Arguments, scope)),
            TestUse test => CallTest(test.Name, Evaluate(test.Target, scope), Evaluate(test.Arguments, scope)),
            _ => throw TemplateFailure.Runtime("a slice stands only in brackets by itself"),
        };
    }

    /// <summary>Applies a filter by name.</summary>
    public object? CallFilter(string name, object? value, Arguments arguments)
    {
        Step();
        return Filters.Find(name) is { } filter ? filter(this, value, arguments) : throw TemplateFailure.Runtime($"there is no filter {name}");
    }

    /// <summary>Applies a test by name.</summary>
    public bool CallTest(string name, object? value, Arguments arguments)
    {
        Step();
        return Tests.Find(name) is { } test ? test(this, value, arguments) : throw TemplateFailure.Runtime($"there is no test {name}");
    }

    /// <summary>Calls a value.</summary>
    public object? Invoke(object? target, Arguments arguments)
    {
        Step();
        Undefined.Refuse(target);
        return target switch
        {
            FunctionValue function => function.Invoke(arguments),
            ObjectValue callable => callable.Call(arguments),
            _ => throw TemplateFailure.Runtime($"{Describe.TypeOf(target)} cannot be called"),
        };
    }

    private object? Lookup(string name, Scope scope) =>
        scope.TryGet(name, out object? value) || _variables.TryGetValue(name, out value) || Globals.TryGet(this, name, out value)
            ? value
            : new Undefined($"'{name}' is undefined");

    private MappingValue Evaluate(MappingLiteral literal, Scope scope)
    {
        var mapping = new MappingValue();
        foreach (var (key, value) in literal.Entries)
        {
            mapping.Set(Evaluate(key, scope), Evaluate(value, scope));
        }

        return mapping;
    }

    private object? Evaluate(Conditional conditional, Scope scope)
    {
        if (IsTrue(Evaluate(conditional.Test, scope)))
        {
            return Evaluate(conditional.Then, scope);
        }

        return conditional.Else is { } otherwise ? Evaluate(otherwise, scope) : new Undefined("the condition is false and there is no else part");
    }

    private bool Evaluate(Comparison comparison, Scope scope)
    {
        object? left = Evaluate(comparison.First, scope);
        foreach (var (symbol, operand) in comparison.Rest)
        {
            object? right = Evaluate(operand, scope);
            if (!Compare(symbol, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private Arguments Evaluate(ArgumentList list, Scope scope)
    {
        if (ReferenceEquals(list, ArgumentList.None))
        {
            return Arguments.None;
        }

        var positional = new List<object?>(list.Positional.Select(value => Evaluate(value, scope)));
        if (list.Star is { } star)
        {
            positional.AddRange(Collect(Iterate(Evaluate(star, scope))).Items);
        }

        var named = list.Named.Select(entry => new KeyValuePair<string, object?>(entry.Name, Evaluate(entry.Value, scope))).ToList();
        if (list.DoubleStar is { } doubleStar)
        {
            var mapping = Evaluate(doubleStar, scope) as MappingValue ?? throw TemplateFailure.Runtime("** needs a mapping");
            named.AddRange(mapping.Entries.Select(entry =>
                new KeyValuePair<string, object?>(entry.Key as string ?? throw TemplateFailure.Runtime("** needs a mapping with texts as keys"), entry.Value)));
        }

        if (named.DistinctBy(entry => entry.Key).Count() != named.Count)
        {
            throw TemplateFailure.Runtime("a call names an argument twice");
        }

        return new Arguments(positional, named);
    }
}
