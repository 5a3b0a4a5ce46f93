namespace Fovea.Text.Templates;

/// <summary>Equality and order of values, as in Python.</summary>
internal static class Equality
{
    /// <summary>Deep equality; numbers and bools by value, undefined equals only undefined.</summary>
    public static bool AreEqual(object? x, object? y)
    {
        TemplateFailure.GuardStack();
        if (Numbers.IsNumber(x) && Numbers.IsNumber(y))
        {
            return Numbers.Compare(x, y) == 0;
        }

        return (x, y) switch
        {
            (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
            (ListValue a, ListValue b) => a.IsTuple == b.IsTuple && SameItems(a.Items, b.Items),
            (MappingValue a, MappingValue b) => SameEntries(a, b),
            (RangeValue a, RangeValue b) => a.Count == b.Count && (a.Count == 0 || (a.Start == b.Start && (a.Count == 1 || a.Step == b.Step))),
            (Undefined, Undefined) => true,
            _ => ReferenceEquals(x, y),
        };
    }

    /// <summary>Compares two numbers, texts (by code point), or lists or tuples of such; null if a number is not a number.</summary>
    /// <exception cref="ChatTemplateException">The values have no order.</exception>
    public static int? Compare(object? x, object? y)
    {
        TemplateFailure.GuardStack();
        Undefined.Refuse(x);
        Undefined.Refuse(y);
        if (Numbers.IsNumber(x) && Numbers.IsNumber(y))
        {
            return Numbers.Compare(x, y);
        }

        return (x, y) switch
        {
            (string a, string b) => Texts.Compare(a, b),
            (ListValue a, ListValue b) when a.IsTuple == b.IsTuple => CompareItems(a.Items, b.Items),
            _ => throw TemplateFailure.Runtime($"{Describe.TypeOf(x)} and {Describe.TypeOf(y)} have no order"),
        };
    }

    private static bool SameItems(IReadOnlyList<object?> x, IReadOnlyList<object?> y)
    {
        if (x.Count != y.Count)
        {
            return false;
        }

        for (int i = 0; i < x.Count; i++)
        {
            if (!AreEqual(x[i], y[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameEntries(MappingValue x, MappingValue y) =>
        x.Entries.Count == y.Entries.Count && x.Entries.All(entry => y.TryGet(entry.Key, out object? other) && AreEqual(entry.Value, other));

    private static int? CompareItems(IReadOnlyList<object?> x, IReadOnlyList<object?> y)
    {
        for (int i = 0; i < Math.Min(x.Count, y.Count); i++)
        {
            if (!AreEqual(x[i], y[i]))
            {
                return Compare(x[i], y[i]);
            }
        }

        return x.Count.CompareTo(y.Count);
    }
}
