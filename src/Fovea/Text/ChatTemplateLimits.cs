namespace Fovea.Text;

/// <summary>Bounds on what a chat template may do. Reaching one is an error of the kind <see cref="ChatTemplateError.Limit"/>.</summary>
public sealed record ChatTemplateLimits
{
    /// <summary>Longest template, in characters.</summary>
    public int TemplateLength { get; init; } = 1 << 20;

    /// <summary>Deepest nesting of statements and brackets in the template.</summary>
    public int Nesting { get; init; } = 200;

    /// <summary>Deepest nesting of macro calls and recursive loops.</summary>
    public int CallDepth { get; init; } = 200;

    /// <summary>Deepest nesting of lists and mappings in a value that is printed.</summary>
    public int ValueDepth { get; init; } = 1000;

    /// <summary>Loop iterations and calls in one rendering.</summary>
    public int Steps { get; init; } = 5_000_000;

    /// <summary>Longest text that may be made, the output included, in code points.</summary>
    public int TextLength { get; init; } = 16 << 20;

    /// <summary>Longest list that may be made.</summary>
    public int ListLength { get; init; } = 1_000_000;

    /// <summary>Longest range.</summary>
    public int RangeLength { get; init; } = 100_000;
}
