namespace Fovea.Text.Templates;

internal sealed partial class Renderer
{
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    private Flow Execute(IReadOnlyList<Statement> statements, Scope scope, TextBuffer output)
    {
        foreach (var statement in statements)
        {
            var flow = Execute(statement, scope, output);
            if (flow != Flow.Next)
            {
                return flow;
            }
        }

        return Flow.Next;
    }

    private Flow Execute(Statement statement, Scope scope, TextBuffer output)
    {
        TemplateFailure.GuardStack();
        switch (statement)
        {
            case TextOutput text:
                output.Append(text.Text);
                break;
            case Print print:
                output.Append(Print(Evaluate(print.Value, scope)));
                break;
            case ForLoop loop:
                return RunLoop(loop, Evaluate(loop.Items, scope), scope, depth: 0, output);
            case If branch:
                return RunIf(branch, scope, output);
            case Assign assign:
                Bind(assign.Target, Evaluate(assign.Value, scope), scope);
                break;
            case AssignBlock block:
                return RunInto(block.Body, new Scope(scope), text => Bind(block.Target, Apply(block.Filter, text, scope), scope));
            case MacroDefinition macro:
                scope.Set(macro.Name, Macro(macro.Name, macro.Signature, macro.Body, scope));
                break;
            case CallBlock call:
                output.Append(Print(RunCallBlock(call, scope)));
                break;
            case With with:
                return RunWith(with, scope, output);
            case FilterBlock filter:
                return RunInto(filter.Body, new Scope(scope), text => output.Append(Print(Apply(filter.Filter, text, scope))));
            case Generation generation:
                RunGeneration(generation, scope, output);
                break;
            case LoopJump jump:
                return jump.IsBreak ? Flow.Break : Flow.Continue;
        }

        return Flow.Next;
    }

    private Flow RunIf(If branch, Scope scope, TextBuffer output)
    {
        foreach (var (test, body) in branch.Branches)
        {
            if (IsTrue(Evaluate(test, scope)))
            {
                return Execute(body, scope, output);
            }
        }

        return Execute(branch.Else, scope, output);
    }

    private Flow RunLoop(ForLoop node, object? source, Scope scope, int depth, TextBuffer output)
    {
        var items = Iterate(source);
        if (node.Filter is { } filter)
        {
            items = Where(items, node.Target, filter, scope);
        }

        Func<object?, string>? recurse = node.Recursive ? inner => Nested(() =>
        {
            var buffer = new TextBuffer(Limits);
            RunLoop(node, inner, scope, depth + 1, buffer);
            return buffer.ToString();
        }) : null;
        var loop = new LoopValue(this, node.Filter is null ? source : null, items, depth, recurse);
        bool completed = false;
        while (loop.MoveNext())
        {
            Step();
            var iteration = new Scope(scope);
            Bind(node.Target, loop.Current, iteration);
            iteration.Set("loop", loop);
            var flow = Execute(node.Body, iteration, output);
            if (flow == Flow.Break)
            {
                break;
            }

            completed |= flow == Flow.Next;
        }

        // The reference runs the else part unless some iteration came to its end.
        return completed ? Flow.Next : Execute(node.Else, new Scope(scope), output);
    }

    private IEnumerable<object?> Where(IEnumerable<object?> items, Target target, Expression filter, Scope scope)
    {
        foreach (object? item in items)
        {
            Step();
            var inner = new Scope(scope);
            Bind(target, item, inner);
            if (IsTrue(Evaluate(filter, inner)))
            {
                yield return item;
            }
        }
    }

    private Flow RunWith(With with, Scope scope, TextBuffer output)
    {
        var inner = new Scope(scope);
        foreach (var (target, value) in with.Values)
        {
            Bind(target, Evaluate(value, scope), inner);
        }

        return Execute(with.Body, inner, output);
    }

    private Flow RunInto(IReadOnlyList<Statement> body, Scope scope, Action<string> use)
    {
        var buffer = new TextBuffer(Limits);
        var flow = Execute(body, scope, buffer);
        if (flow == Flow.Next)
        {
            use(buffer.ToString());
        }

        return flow;
    }

    private object? Apply(FilterUse? filter, string text, Scope scope)
    {
        if (filter is null)
        {
            return text;
        }

        object? value = filter.Target is FilterUse inner ? Apply(inner, text, scope) : text;
        return CallFilter(filter.Name, value, Evaluate(filter.Arguments, scope));
    }

    private void RunGeneration(Generation generation, Scope scope, TextBuffer output)
    {
        int start = _root.Length;
        var buffer = new TextBuffer(Limits);
        Execute(generation.Body, new Scope(scope), buffer);
        if (!_skipFirstRange || start > 0 || _ranges.Count > 0)
        {
            _ranges.Add((start, start + buffer.Length));
        }

        output.Append(buffer.ToString());
    }

    private object? RunCallBlock(CallBlock block, Scope scope)
    {
        var caller = Macro("caller", block.Signature, block.Body, scope);
        object? target = Evaluate(block.Call.Target, scope);
        var arguments = Evaluate(block.Call.Arguments, scope);
        return Invoke(target, arguments with { Named = [.. arguments.Named, new("caller", caller)] });
    }

    private MacroValue Macro(string name, Signature signature, IReadOnlyList<Statement> body, Scope scope) => new(name, signature, arguments => Nested(() =>
    {
        var inner = new Scope(scope);
        BindParameters(name, signature, arguments, inner);
        var buffer = new TextBuffer(Limits);
        Execute(body, inner, buffer);
        return buffer.ToString();
    }));

    private void BindParameters(string macro, Signature signature, Arguments arguments, Scope scope)
    {
        var named = arguments.Named.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        for (int i = 0; i < signature.Parameters.Count; i++)
        {
            var (name, absent) = signature.Parameters[i];
            object? value = i < arguments.Positional.Count ? arguments.Positional[i]
                : named.Remove(name, out object? given) ? given
                : absent is not null ? Evaluate(absent, scope)
                : new Undefined($"the parameter {name} of {macro} was not given");
            scope.Set(name, value);
        }

        if (signature.Uses.Contains("caller"))
        {
            scope.Set("caller", named.Remove("caller", out object? caller) ? caller : new Undefined("there is no caller"));
        }

        if (signature.Uses.Contains("kwargs"))
        {
            var rest = new MappingValue();
            foreach (var (name, value) in arguments.Named.Where(entry => named.ContainsKey(entry.Key)))
            {
                rest.Set(name, value);
            }

            scope.Set("kwargs", rest);
        }
        else if (named.Count > 0)
        {
            throw TemplateFailure.Runtime($"the macro {macro} has no parameter {named.Keys.First()}");
        }

        if (signature.Uses.Contains("varargs"))
        {
            scope.Set("varargs", new ListValue([.. arguments.Positional.Skip(signature.Parameters.Count)], IsTuple: true));
        }
        else if (arguments.Positional.Count > signature.Parameters.Count)
        {
            throw TemplateFailure.Runtime($"the macro {macro} takes at most {signature.Parameters.Count} arguments, but {arguments.Positional.Count} are given");
        }
    }

    private void Bind(Target target, object? value, Scope scope)
    {
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                break;
            case AttributeTarget attribute:
                var space = scope.TryGet(attribute.Name, out object? found) || _variables.TryGetValue(attribute.Name, out found) ? found as NamespaceValue : null;
                (space ?? throw TemplateFailure.Runtime($"{attribute.Name} is no namespace: its attributes cannot be set")).Attributes[attribute.Attribute] = value;
                break;
            case TupleTarget tuple:
                var items = Collect(Iterate(value).Take(tuple.Items.Count + 1)).Items;
                if (items.Count != tuple.Items.Count)
                {
                    throw TemplateFailure.Runtime($"{tuple.Items.Count} names need as many values");
                }

                for (int i = 0; i < items.Count; i++)
                {
                    Bind(tuple.Items[i], items[i], scope);
                }

                break;
        }
    }
}
