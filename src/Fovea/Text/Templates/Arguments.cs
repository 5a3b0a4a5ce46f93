namespace Fovea.Text.Templates;

/// <summary>The values that a call passes.</summary>
/// <param name="Positional">Values by place.</param>
/// <param name="Named">Values by name, in order.</param>
internal sealed record Arguments(IReadOnlyList<object?> Positional, IReadOnlyList<KeyValuePair<string, object?>> Named)
{
    /// <summary>No values.</summary>
    public static Arguments None { get; } = new([], []);

    /// <summary>Stands for a parameter that was not given.</summary>
    public static object Absent { get; } = new();

    /// <summary>Matches the values with the parameters of a function.</summary>
    /// <param name="function">Its name, for complaints.</param>
    /// <param name="required">How many of the parameters must be given.</param>
    /// <param name="parameters">The names of the parameters.</param>
    /// <returns>A value for each parameter; <see cref="Absent"/> where none was given.</returns>
    /// <exception cref="ChatTemplateException">Too many values, an unknown name, a parameter given twice or missing.</exception>
    public object?[] Bind(string function, int required, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Count > parameters.Length)
        {
            throw TemplateFailure.Runtime($"{function} takes at most {parameters.Length} arguments, but {Positional.Count} are given");
        }

        object?[] values = new object?[parameters.Length];
        values.AsSpan().Fill(Absent);
        for (int i = 0; i < Positional.Count; i++)
        {
            values[i] = Positional[i];
        }

        foreach (var (name, value) in Named)
        {
            int place = parameters.IndexOf(name);
            if (place < 0 || !ReferenceEquals(values[place], Absent))
            {
                throw TemplateFailure.Runtime(place < 0 ? $"{function} has no parameter {name}" : $"{function} is given {name} twice");
            }

            values[place] = value;
        }

        for (int i = 0; i < required; i++)
        {
            if (ReferenceEquals(values[i], Absent))
            {
                throw TemplateFailure.Runtime($"{function} needs the argument {parameters[i]}");
            }
        }

        return values;
    }

    /// <summary>A bound value, or a default if none was given.</summary>
    public static object? Or(object? value, object? absent) => ReferenceEquals(value, Absent) ? absent : value;
}
