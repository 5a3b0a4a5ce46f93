namespace Fovea.Text.Templates;

/// <summary>The result of <c>cycler</c>: gives its items in turn.</summary>
internal sealed class Cycler(IReadOnlyList<object?> items) : ObjectValue
{
    private int _at;

    /// <inheritdoc/>
    public override bool TryGet(string name, out object? value)
    {
        value = name switch
        {
            "current" => items[_at],
            "next" => new FunctionValue("next", _ => Next()),
            "reset" => new FunctionValue("reset", _ => Reset()),
            _ => Arguments.Absent,
        };
        return !ReferenceEquals(value, Arguments.Absent);
    }

    private object? Next()
    {
        object? item = items[_at];
        _at = (_at + 1) % items.Count;
        return item;
    }

    private object? Reset()
    {
        _at = 0;
        return null;
    }
}
