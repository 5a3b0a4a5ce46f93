using System.Runtime.CompilerServices;

namespace Fovea.Text.Templates;

/// <summary>Equality of mapping keys: numbers and bools by value, texts by characters, tuples by items.</summary>
internal sealed class KeyComparer : IEqualityComparer<object>
{
    /// <summary>The one comparer.</summary>
    public static KeyComparer Instance { get; } = new();

    /// <summary>Stands for the key none.</summary>
    public static object None { get; } = new();

    /// <inheritdoc/>
    public new bool Equals(object? x, object? y) => ReferenceEquals(x, y) || (x is not null && y is not null && Equality.AreEqual(x, y));

    /// <inheritdoc/>
    public int GetHashCode(object obj) => obj switch
    {
        bool value => value ? 1.0.GetHashCode() : 0.0.GetHashCode(),
        long value => ((double)value).GetHashCode(),
        double value => value == 0 ? 0.0.GetHashCode() : value.GetHashCode(),
        string text => string.GetHashCode(text, StringComparison.Ordinal),
        ListValue { IsTuple: true } tuple => HashItems(tuple),
        ListValue or MappingValue => throw TemplateFailure.Runtime("a list or mapping cannot be a key"),
        _ => RuntimeHelpers.GetHashCode(obj),
    };

    private int HashItems(ListValue tuple)
    {
        TemplateFailure.GuardStack();
        var hash = default(HashCode);
        foreach (object? item in tuple.Items)
        {
            hash.Add(item is null ? 0 : GetHashCode(item));
        }

        return hash.ToHashCode();
    }
}
