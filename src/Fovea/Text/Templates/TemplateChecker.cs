namespace Fovea.Text.Templates;

/// <summary>Refuses unknown filters and tests before rendering. In branches that may never run they are left to fail when reached, as in the reference.</summary>
internal static class TemplateChecker
{
    /// <summary>Checks a template.</summary>
    /// <exception cref="ChatTemplateException">A filter or test does not exist.</exception>
    public static void Check(IReadOnlyList<Statement> statements) => Visit(statements, lenient: false);

    private static void Visit(IReadOnlyList<Statement> statements, bool lenient)
    {
        foreach (var statement in statements)
        {
            Visit(statement, lenient);
        }
    }

    private static void Visit(Statement statement, bool lenient)
    {
        TemplateFailure.GuardStack();
        switch (statement)
        {
            case Print print:
                Visit(print.Value, lenient);
                break;
            case ForLoop loop:
                Visit(loop.Items, lenient);
                Visit(loop.Filter, lenient: false);
                Visit(loop.Body, lenient: false);
                Visit(loop.Else, lenient: false);
                break;
            case If branch:
                foreach (var (test, body) in branch.Branches)
                {
                    Visit(test, lenient: true);
                    Visit(body, lenient: true);
                }

                Visit(branch.Else, lenient: true);
                break;
            case Assign assign:
                Visit(assign.Value, lenient);
                break;
            case AssignBlock block:
                Visit(block.Filter, lenient: false);
                Visit(block.Body, lenient: false);
                break;
            case MacroDefinition macro:
                VisitCallable(macro.Signature, macro.Body);
                break;
            case CallBlock call:
                Visit(call.Call, lenient);
                VisitCallable(call.Signature, call.Body);
                break;
            case With with:
                foreach (var (_, value) in with.Values)
                {
                    Visit(value, lenient);
                }

                Visit(with.Body, lenient: false);
                break;
            case FilterBlock filter:
                Visit(filter.Filter, lenient: false);
                Visit(filter.Body, lenient: false);
                break;
            case Generation generation:
                Visit(generation.Body, lenient: false);
                break;
        }
    }

    private static void VisitCallable(Signature signature, IReadOnlyList<Statement> body)
    {
        foreach (var (_, value) in signature.Parameters)
        {
            Visit(value, lenient: false);
        }

        Visit(body, lenient: false);
    }

    private static void Visit(Expression? expression, bool lenient)
    {
        TemplateFailure.GuardStack();
        switch (expression)
        {
            case FilterUse filter:
                Require(lenient || Filters.Exists(filter.Name), "filter", filter.Name, filter.Line);
                Visit(filter.Target, lenient);
                Visit(filter.Arguments, lenient);
                break;
            case TestUse test:
                Require(lenient || Tests.Exists(test.Name), "test", test.Name, test.Line);
                Visit(test.Target, lenient);
                Visit(test.Arguments, lenient);
                break;
            case Conditional conditional:
                Visit(conditional.Test, lenient: true);
                Visit(conditional.Then, lenient: true);
                Visit(conditional.Else, lenient: true);
                break;
            case Call call:
                Visit(call.Target, lenient);
                Visit(call.Arguments, lenient);
                break;
            case not null:
                foreach (var part in Parts(expression))
                {
                    Visit(part, lenient);
                }

                break;
        }
    }

    private static void Visit(ArgumentList arguments, bool lenient)
    {
        foreach (var value in arguments.Positional.Concat(arguments.Named.Select(entry => entry.Value)))
        {
            Visit(value, lenient);
        }

        Visit(arguments.Star, lenient);
        Visit(arguments.DoubleStar, lenient);
    }

    private static IEnumerable<Expression?> Parts(Expression expression) => expression switch
    {
        Sequence sequence => (IEnumerable<Expression?>)sequence.Items,
        MappingLiteral mapping => mapping.Entries.SelectMany(entry => (Expression[])[entry.Key, entry.Value]),
        Unary unary => [unary.Operand],
        Binary binary => [binary.Left, binary.Right],
        Comparison comparison => comparison.Rest.Select(entry => entry.Operand).Prepend(comparison.First),
        AttributeAccess access => [access.Target],
        ItemAccess access => [access.Target, access.Index],
        SliceRange slice => (Expression?[])[slice.Start, slice.Stop, slice.Step],
        _ => [],
    };

    private static void Require(bool exists, string kind, string name, int line)
    {
        if (!exists)
        {
            throw TemplateFailure.Syntax($"there is no {kind} {name}", line);
        }
    }
}
