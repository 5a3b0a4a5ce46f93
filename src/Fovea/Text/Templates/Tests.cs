namespace Fovea.Text.Templates;

/// <summary>The tests (<c>is …</c>) by name.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Func<Renderer, object?, Arguments, bool>> ByName = Create();

    /// <summary>Whether a test exists.</summary>
    public static bool Exists(string name) => ByName.ContainsKey(name);

    /// <summary>The test of a name; null if there is none.</summary>
    public static Func<Renderer, object?, Arguments, bool>? Find(string name) => ByName.GetValueOrDefault(name);

    private static Dictionary<string, Func<Renderer, object?, Arguments, bool>> Create()
    {
        var tests = new Dictionary<string, Func<Renderer, object?, Arguments, bool>>(StringComparer.Ordinal)
        {
            ["divisibleby"] = (r, v, a) => Equality.AreEqual(r.Operate("%", v, a.Bind("divisibleby", 1, "num")[0]), 0L),
            ["in"] = (r, v, a) => r.Contains(a.Bind("in", 1, "seq")[0], v),
            ["sameas"] = (r, v, a) => IsSame(v, a.Bind("sameas", 1, "other")[0]),
        };
        void Plain(string name, Func<Renderer, object?, bool> test) => tests.Add(name, (r, v, a) =>
        {
            a.Bind(name, 0);
            return test(r, v);
        });
        void Comparison(string symbol, params string[] names)
        {
            foreach (string name in names)
            {
                tests.Add(name, (r, v, a) => r.Compare(symbol, v, a.Bind(name, 1, "other")[0]));
            }
        }

        Plain("defined", (_, v) => v is not Undefined);
        Plain("undefined", (_, v) => v is Undefined);
        Plain("none", (_, v) => v is null);
        Plain("string", (_, v) => v is string);
        Plain("number", (_, v) => Numbers.IsNumber(v));
        Plain("integer", (_, v) => v is long);
        Plain("float", (_, v) => v is double);
        Plain("boolean", (_, v) => v is bool);
        Plain("true", (_, v) => v is true);
        Plain("false", (_, v) => v is false);
        Plain("mapping", (_, v) => v is MappingValue);
        Plain("sequence", (_, v) => v is string or ListValue or MappingValue or RangeValue or Undefined);
        Plain("iterable", (_, v) => v is string or ListValue or MappingValue or RangeValue or Undefined or ViewValue or GeneratorValue);
        Plain("callable", (_, v) => v is FunctionValue or Undefined or ObjectValue { IsCallable: true });
        Plain("odd", (r, v) => Equality.AreEqual(r.Operate("%", v, 2L), 1L));
        Plain("even", (r, v) => Equality.AreEqual(r.Operate("%", v, 2L), 0L));
        Plain("lower", (r, v) => TextCase.IsAllLower(r.Print(v)));
        Plain("upper", (r, v) => TextCase.IsAllUpper(r.Print(v)));
        Plain("filter", (_, v) => Names(v) is { } name && Filters.Exists(name));
        Plain("test", (_, v) => Names(v) is { } name && Exists(name));
        Plain("escaped", (_, _) => false);
        Comparison("==", "eq", "equalto", "==");
        Comparison("!=", "ne", "!=");
        Comparison(">", "gt", "greaterthan", ">");
        Comparison(">=", "ge", ">=");
        Comparison("<", "lt", "lessthan", "<");
        Comparison("<=", "le", "<=");
        return tests;
    }

    /// <summary>The text that names a filter or test; null for another value that could be a key.</summary>
    private static string? Names(object? value)
    {
        _ = value is null ? 0 : KeyComparer.Instance.GetHashCode(value);
        return value as string;
    }

    private static bool IsSame(object? x, object? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.GetType() == y.GetType() && x is bool or long or double or string && x.Equals(y));
}
