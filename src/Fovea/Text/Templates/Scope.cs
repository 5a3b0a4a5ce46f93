namespace Fovea.Text.Templates;

/// <summary>The variables that one body sets, inside the scope around it.</summary>
internal sealed class Scope(Scope? outer)
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <summary>Sets a variable here.</summary>
    public void Set(string name, object? value) => _values[name] = value;

    /// <summary>Finds a variable here or in the scopes around.</summary>
    public bool TryGet(string name, out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values.TryGetValue(name, out value))
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    private Scope? Outer { get; } = outer;
}
