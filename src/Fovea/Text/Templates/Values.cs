namespace Fovea.Text.Templates;

/// <summary>A list or tuple.</summary>
/// <param name="Items">The items.</param>
/// <param name="IsTuple">Whether it is a tuple.</param>
internal sealed record ListValue(IReadOnlyList<object?> Items, bool IsTuple = false)
{
    /// <summary>A pair as a tuple.</summary>
    public static ListValue Pair(object? first, object? second) => new([first, second], IsTuple: true);
}

/// <summary>A mapping that keeps the order of its keys. Keys are none, bools, numbers, texts and tuples of these; equal numbers are one key.</summary>
internal sealed class MappingValue
{
    private readonly Dictionary<object, int> _places = new(KeyComparer.Instance);
    private readonly List<KeyValuePair<object?, object?>> _entries = [];

    /// <summary>The entries in order.</summary>
    public IReadOnlyList<KeyValuePair<object?, object?>> Entries => _entries;

    /// <summary>Sets a key; one that is there keeps its place and spelling.</summary>
    public void Set(object? key, object? value)
    {
        object place = key ?? KeyComparer.None;
        if (_places.TryGetValue(place, out int index))
        {
            _entries[index] = new(_entries[index].Key, value);
            return;
        }

        _places.Add(place, _entries.Count);
        _entries.Add(new(key, value));
    }

    /// <summary>Finds the value of a key.</summary>
    public bool TryGet(object? key, out object? value)
    {
        bool found = _places.TryGetValue(key ?? KeyComparer.None, out int index);
        value = found ? _entries[index].Value : null;
        return found;
    }
}

/// <summary>The values of <c>namespace</c>: attributes that survive scopes.</summary>
internal sealed record NamespaceValue(Dictionary<string, object?> Attributes);

/// <summary>The result of <c>range</c>.</summary>
internal sealed record RangeValue(long Start, long Step, int Count)
{
    /// <summary>The item at an index in 0..<see cref="Count"/> − 1.</summary>
    public long this[int index] => Start + (index * Step);
}

/// <summary>What <c>items()</c>, <c>keys()</c> or <c>values()</c> of a mapping give.</summary>
/// <param name="Kind">The name of the method.</param>
/// <param name="Mapping">The mapping.</param>
internal sealed record ViewValue(string Kind, MappingValue Mapping)
{
    /// <summary>The items in order.</summary>
    public IEnumerable<object?> Items => Mapping.Entries.Select(entry =>
        Kind == "keys" ? entry.Key : Kind == "values" ? entry.Value : (object?)ListValue.Pair(entry.Key, entry.Value));
}

/// <summary>Items that are computed when asked for, once.</summary>
internal sealed class GeneratorValue(IEnumerable<object?> items) : IDisposable
{
    private readonly IEnumerator<object?> _items = items.GetEnumerator();

    /// <summary>The items that are left.</summary>
    public IEnumerable<object?> Rest()
    {
        while (_items.MoveNext())
        {
            yield return _items.Current;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _items.Dispose();
}

/// <summary>Something that can be called.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Invoke">Computes the result.</param>
internal record FunctionValue(string Name, Func<Arguments, object?> Invoke);

/// <summary>A macro: a function with attributes of its own.</summary>
internal sealed record MacroValue(string Name, Signature Signature, Func<Arguments, object?> Invoke) : FunctionValue(Name, Invoke);

/// <summary>An object with attributes computed by the template engine: a loop, a cycler.</summary>
internal abstract class ObjectValue
{
    /// <summary>Finds an attribute.</summary>
    public abstract bool TryGet(string name, out object? value);

    /// <summary>Calls the object itself.</summary>
    public virtual object? Call(Arguments arguments) => throw TemplateFailure.Runtime($"{this} cannot be called");

    /// <summary>Whether it can be called.</summary>
    public virtual bool IsCallable => false;
}
