namespace Fovea.Text.Templates;

/// <summary>The variable <c>loop</c> of a running loop. Looks ahead only as far as its attributes are asked for.</summary>
internal sealed class LoopValue(Renderer renderer, object? source, IEnumerable<object?> items, int depth, Func<object?, string>? recurse) : ObjectValue
{
    private readonly Queue<object?> _ahead = new();
    private readonly IEnumerator<object?> _items = items.GetEnumerator();
    private object? _previous = new Undefined("there is no previous item");
    private object? _current = new Undefined("there is no item");
    private ListValue? _changed;
    private int _index0 = -1;
    private int? _length;

    /// <summary>The item at hand.</summary>
    public object? Current => _current;

    /// <inheritdoc/>
    public override bool IsCallable => true;

    /// <summary>Moves to the next item.</summary>
    public bool MoveNext()
    {
        if (!Peek(out object? next))
        {
            return false;
        }

        _ahead.Dequeue();
        _previous = _index0 >= 0 ? _current : _previous;
        _current = next;
        _index0++;
        return true;
    }

    /// <inheritdoc/>
    public override bool TryGet(string name, out object? value)
    {
        object? found = name switch
        {
            "index" => (long)_index0 + 1,
            "index0" => (long)_index0,
            "revindex" => (long)Length() - _index0,
            "revindex0" => (long)Length() - _index0 - 1,
            "first" => _index0 == 0,
            "last" => !Peek(out _),
            "length" => (long)Length(),
            "previtem" => _previous,
            "nextitem" => Peek(out object? next) ? next : new Undefined("there is no next item"),
            "depth" => (long)depth + 1,
            "depth0" => (long)depth,
            "cycle" => new FunctionValue("cycle", Cycle),
            "changed" => new FunctionValue("changed", arguments => Changed(arguments)),
            _ => Arguments.Absent,
        };
        value = found;
        return !ReferenceEquals(found, Arguments.Absent);
    }

    /// <inheritdoc/>
    public override object? Call(Arguments arguments)
    {
        object? iterable = arguments.Bind("loop", 1, "iterable")[0];
        return recurse is null ? throw TemplateFailure.Runtime("the loop is not recursive") : recurse(iterable);
    }

    private bool Peek(out object? next)
    {
        if (_ahead.Count == 0 && _items.MoveNext())
        {
            _ahead.Enqueue(_items.Current);
        }

        return _ahead.TryPeek(out next);
    }

    private int Length()
    {
        if (_length is null && source is not null && renderer.TryLength(source, out long known))
        {
            _length = (int)known;
        }

        if (_length is null)
        {
            while (_items.MoveNext())
            {
                renderer.Step();
                _ahead.Enqueue(_items.Current);
            }

            _length = _index0 + 1 + _ahead.Count;
        }

        return _length.Value;
    }

    private object? Cycle(Arguments arguments) => arguments.Positional.Count > 0
        ? arguments.Positional[_index0 % arguments.Positional.Count]
        : throw TemplateFailure.Runtime("cycle needs items");

    private bool Changed(Arguments arguments)
    {
        var values = new ListValue(arguments.Positional, IsTuple: true);
        bool changed = _changed is null || !Equality.AreEqual(_changed, values);
        _changed = values;
        return changed;
    }
}
