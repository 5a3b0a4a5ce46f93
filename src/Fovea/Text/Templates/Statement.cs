namespace Fovea.Text.Templates;

/// <summary>A statement of a template. Immutable.</summary>
/// <param name="Line">The line on which it begins.</param>
internal abstract record Statement(int Line);

/// <summary>Text outside tags.</summary>
internal sealed record TextOutput(string Text, int Line) : Statement(Line);

/// <summary><c>{{ value }}</c>.</summary>
internal sealed record Print(Expression Value, int Line) : Statement(Line);

/// <summary><c>for</c>.</summary>
internal sealed record ForLoop(
    Target Target, Expression Items, Expression? Filter, bool Recursive, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Else, int Line) : Statement(Line);

/// <summary><c>if</c> with its branches in order.</summary>
internal sealed record If(IReadOnlyList<(Expression Test, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Else, int Line) : Statement(Line);

/// <summary><c>set target = value</c>.</summary>
internal sealed record Assign(Target Target, Expression Value, int Line) : Statement(Line);

/// <summary><c>set target … endset</c>.</summary>
internal sealed record AssignBlock(Target Target, FilterUse? Filter, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

/// <summary><c>macro</c>.</summary>
internal sealed record MacroDefinition(string Name, Signature Signature, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

/// <summary><c>call</c>.</summary>
internal sealed record CallBlock(Signature Signature, Call Call, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

/// <summary><c>with</c>.</summary>
internal sealed record With(IReadOnlyList<(Target Target, Expression Value)> Values, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

/// <summary><c>filter</c>.</summary>
internal sealed record FilterBlock(FilterUse Filter, IReadOnlyList<Statement> Body, int Line) : Statement(Line);

/// <summary><c>generation</c>: what the assistant said.</summary>
internal sealed record Generation(IReadOnlyList<Statement> Body, int Line) : Statement(Line);

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed record LoopJump(bool IsBreak, int Line) : Statement(Line);

/// <summary>What a value is bound to.</summary>
internal abstract record Target;

/// <summary>A variable.</summary>
internal sealed record NameTarget(string Name) : Target;

/// <summary>An attribute of a namespace.</summary>
internal sealed record AttributeTarget(string Name, string Attribute) : Target;

/// <summary>Several targets that share the items of a value.</summary>
internal sealed record TupleTarget(IReadOnlyList<Target> Items) : Target;

/// <summary>The parameters of a macro or call block.</summary>
/// <param name="Parameters">Names with default values.</param>
/// <param name="Uses">Which of the special names <c>varargs</c>, <c>kwargs</c>, <c>caller</c> the body reads.</param>
internal sealed record Signature(IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlySet<string> Uses);
