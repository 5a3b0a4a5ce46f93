namespace Fovea.Text.Templates;

/// <summary>An expression of a template. Immutable.</summary>
/// <param name="Line">The line on which it begins.</param>
internal abstract record Expression(int Line);

/// <summary>A literal value: none, bool, long, double or text.</summary>
internal sealed record Constant(object? Value, int Line) : Expression(Line);

/// <summary>A variable.</summary>
internal sealed record Variable(string Name, int Line) : Expression(Line);

/// <summary>A list or tuple in brackets.</summary>
internal sealed record Sequence(IReadOnlyList<Expression> Items, bool IsTuple, int Line) : Expression(Line);

/// <summary>A mapping in braces.</summary>
internal sealed record MappingLiteral(IReadOnlyList<(Expression Key, Expression Value)> Entries, int Line) : Expression(Line);

/// <summary>A sign or <c>not</c>.</summary>
internal sealed record Unary(string Operator, Expression Operand, int Line) : Expression(Line);

/// <summary>An arithmetic operator, <c>~</c>, <c>and</c> or <c>or</c>.</summary>
internal sealed record Binary(string Operator, Expression Left, Expression Right, int Line) : Expression(Line);

/// <summary>A chain of comparisons.</summary>
internal sealed record Comparison(Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest, int Line) : Expression(Line);

/// <summary><c>a if test else b</c>.</summary>
internal sealed record Conditional(Expression Test, Expression Then, Expression? Else, int Line) : Expression(Line);

/// <summary><c>target.name</c>.</summary>
internal sealed record AttributeAccess(Expression Target, string Name, int Line) : Expression(Line);

/// <summary><c>target[index]</c>.</summary>
internal sealed record ItemAccess(Expression Target, Expression Index, int Line) : Expression(Line);

/// <summary><c>start:stop:step</c> in brackets.</summary>
internal sealed record SliceRange(Expression? Start, Expression? Stop, Expression? Step, int Line) : Expression(Line);

/// <summary><c>target(arguments)</c>.</summary>
internal sealed record Call(Expression Target, ArgumentList Arguments, int Line) : Expression(Line);

/// <summary><c>target | name(arguments)</c>; without a target the rendered body of a block.</summary>
internal sealed record FilterUse(Expression? Target, string Name, ArgumentList Arguments, int Line) : Expression(Line);

/// <summary><c>target is name(arguments)</c>.</summary>
internal sealed record TestUse(Expression Target, string Name, ArgumentList Arguments, int Line) : Expression(Line);

/// <summary>The arguments of a call.</summary>
internal sealed record ArgumentList(
    IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named, Expression? Star, Expression? DoubleStar)
{
    /// <summary>No arguments.</summary>
    public static ArgumentList None { get; } = new([], [], null, null);
}
