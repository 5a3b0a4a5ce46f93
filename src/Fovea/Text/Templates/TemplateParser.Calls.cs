namespace Fovea.Text.Templates;

internal sealed partial class TemplateParser
{
    private Expression ParseFilters(Expression value)
    {
        while (true)
        {
            int line = Current.Line;
            if (TakeIf("|"))
            {
                value = ParseFilter(value, line);
            }
            else if (TakeIfName("is"))
            {
                value = ParseTest(value, line);
            }
            else if (Current.IsOperator("("))
            {
                value = new Call(value, ParseArguments(), line);
            }
            else
            {
                return value;
            }
        }
    }

    private FilterUse ParseFilter(Expression? value, int line) => new(value, DottedName(), ParseOptionalArguments(), line);

    /// <summary>The filters of a block, applied to its rendered text; null if there are none.</summary>
    private FilterUse? ParseBlockFilters()
    {
        FilterUse? filter = null;
        while (Current.IsOperator("|"))
        {
            int line = Take().Line;
            filter = ParseFilter(filter, line);
        }

        return filter;
    }

    private Expression ParseTest(Expression value, int line)
    {
        bool negated = TakeIfName("not");
        string name = DottedName();
        ArgumentList arguments;
        if (Current.IsOperator("("))
        {
            arguments = ParseArguments();
        }
        else if (BeginsBareArgument())
        {
            if (Current.IsName("is"))
            {
                throw TemplateFailure.Syntax("tests cannot be chained with is", Current.Line);
            }

            arguments = ArgumentList.None with { Positional = [ParsePostfix(ParsePrimary())] };
        }
        else
        {
            arguments = ArgumentList.None;
        }

        Expression test = new TestUse(value, name, arguments, line);
        return negated ? new Unary("not", test, line) : test;
    }

    // Any name or literal counts as the test's argument, whatever a reader may think.
    private bool BeginsBareArgument() => Current.Kind switch
    {
        TokenKind.Name => Current.Text is not ("else" or "or" or "and"),
        TokenKind.Text or TokenKind.Integer or TokenKind.Float => true,
        _ => Current.IsOperator("[") || Current.IsOperator("{"),
    };

    private string DottedName()
    {
        string name = ExpectName();
        while (TakeIf("."))
        {
            name += "." + ExpectName();
        }

        return name;
    }

    private ArgumentList ParseOptionalArguments() => Current.IsOperator("(") ? ParseArguments() : ArgumentList.None;

    private ArgumentList ParseArguments()
    {
        Enter();
        Expect("(");
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        Expression? star = null, doubleStar = null;
        while (!Current.IsOperator(")"))
        {
            int line = Current.Line;
            if (TakeIf("*"))
            {
                Require(star is null && doubleStar is null, line);
                star = ParseExpression();
            }
            else if (TakeIf("**"))
            {
                Require(doubleStar is null, line);
                doubleStar = ParseExpression();
            }
            else if (Current.Kind == TokenKind.Name && _tokens[_at + 1].IsOperator("="))
            {
                Require(doubleStar is null, line);
                string name = Take().Text;
                _at++;
                named.Add((name, ParseExpression()));
            }
            else
            {
                Require(star is null && doubleStar is null && named.Count == 0, line);
                positional.Add(ParseExpression());
            }

            if (!Current.IsOperator(")"))
            {
                Expect(",");
            }
        }

        Expect(")");
        Leave();
        return new ArgumentList(positional, named, star, doubleStar);
    }

    private static void Require(bool inOrder, int line)
    {
        if (!inOrder)
        {
            throw TemplateFailure.Syntax("the arguments of a call are in the wrong order", line);
        }
    }
}
