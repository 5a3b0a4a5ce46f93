namespace Fovea.Reduction;

/// <summary>A bag that belongs to one forward pass of one request.</summary>
public sealed class ForwardState
{
    private readonly Dictionary<object, object> _values = [];

    /// <summary>The value that <paramref name="owner"/> stored, or a new one. Two methods in one plan do not see each other's.</summary>
    public T Of<T>(object owner)
        where T : class, new()
    {
        if (!_values.TryGetValue(owner, out object? value))
        {
            value = new T();
            _values.Add(owner, value);
        }

        return (T)value;
    }
}
