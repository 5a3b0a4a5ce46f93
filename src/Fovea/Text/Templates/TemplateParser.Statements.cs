namespace Fovea.Text.Templates;

internal sealed partial class TemplateParser
{
    /// <summary>Statements up to one of the tags in <paramref name="ends"/>, whose name becomes the current token; without ends up to the end of the template.</summary>
    private List<Statement> ParseBody(string[] ends)
    {
        var body = new List<Statement>();
        while (Current.Kind != TokenKind.End)
        {
            var token = Take();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new TextOutput(token.Text, token.Line));
                    break;
                case TokenKind.PrintBegin:
                    body.Add(new Print(ParseTuple(conditional: true), token.Line));
                    Expect(TokenKind.PrintEnd);
                    break;
                default:
                    if (Current.Kind == TokenKind.Name && ends.Contains(Current.Text))
                    {
                        return body;
                    }

                    body.Add(ParseStatement());
                    Expect(TokenKind.BlockEnd);
                    break;
            }
        }

        return ends.Length == 0 ? body : throw Unexpected($"a block needs {string.Join(" or ", ends)}");
    }

    /// <summary>The body of a block behind its opening tag, up to one of the ends.</summary>
    private List<Statement> ParseBlock(params string[] ends)
    {
        TakeIf(":");
        Expect(TokenKind.BlockEnd);
        Enter();
        var body = ParseBody(ends);
        Leave();
        return body;
    }

    private Statement ParseStatement()
    {
        var tag = Current;
        if (tag.Kind != TokenKind.Name)
        {
            throw Unexpected("expected the name of a tag");
        }

        _at++;
        return tag.Text switch
        {
            "for" => ParseFor(tag.Line),
            "if" => ParseIf(tag.Line),
            "set" => ParseSet(tag.Line),
            "macro" => ParseMacro(tag.Line),
            "call" => ParseCallBlock(tag.Line),
            "with" => ParseWith(tag.Line),
            "filter" => ParseFilterBlock(tag.Line),
            "generation" => ParseGeneration(tag.Line),
            "print" => new Print(ParseTuple(conditional: true), tag.Line),
            "break" or "continue" => _loops > 0
                ? new LoopJump(tag.Text == "break", tag.Line)
                : throw TemplateFailure.Syntax($"{tag.Text} stands outside a loop", tag.Line),
            _ => throw TemplateFailure.Syntax($"there is no tag {tag.Text} here", tag.Line),
        };
    }

    private ForLoop ParseFor(int line)
    {
        var target = ParseTarget(attributes: false, end: "in");
        _forDepth++;
        RefuseLoop(target, line);
        if (!TakeIfName("in"))
        {
            throw Unexpected("expected in");
        }

        var items = ParseTuple(conditional: false, end: "recursive");
        var filter = TakeIfName("if") ? ParseExpression() : null;
        bool recursive = TakeIfName("recursive");
        _loops++;
        var body = ParseBlock("endfor", "else");
        _loops--;
        List<Statement> otherwise = Take().Text == "else" ? ParseLast("endfor") : [];
        _forDepth--;
        return new ForLoop(target, items, filter, recursive, body, otherwise, line);
    }

    private If ParseIf(int line)
    {
        var branches = new List<(Expression, IReadOnlyList<Statement>)>();
        string next;
        do
        {
            var test = ParseTuple(conditional: false);
            branches.Add((test, ParseBlock("elif", "else", "endif")));
            next = Take().Text;
        }
        while (next == "elif");
        return new If(branches, next == "else" ? ParseLast("endif") : [], line);
    }

    private Statement ParseSet(int line)
    {
        var target = ParseTarget(attributes: true, end: null);
        RefuseLoop(target, line);
        if (TakeIf("="))
        {
            return new Assign(target, ParseTuple(conditional: true), line);
        }

        var filter = ParseBlockFilters();
        return new AssignBlock(target, filter, ParseLast("endset"), line);
    }

    private MacroDefinition ParseMacro(int line)
    {
        string name = ParameterName();
        var (signature, body) = ParseCallable(ParseParameters(), "endmacro");
        return new MacroDefinition(name, signature, body, line);
    }

    private CallBlock ParseCallBlock(int line)
    {
        var parameters = Current.IsOperator("(") ? ParseParameters() : [];
        var call = ParseExpression() as Call ?? throw TemplateFailure.Syntax("a call block needs a call", line);
        var (signature, body) = ParseCallable(parameters, "endcall");
        return new CallBlock(signature, call, body, line);
    }

    private With ParseWith(int line)
    {
        var values = new List<(Target, Expression)>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (values.Count > 0)
            {
                Expect(",");
            }

            var target = ParseTarget(attributes: false, end: null);
            Expect("=");
            values.Add((target, ParseExpression()));
        }

        return new With(values, ParseLast("endwith"), line);
    }

    private FilterBlock ParseFilterBlock(int line)
    {
        var filter = ParseFilter(null, line);
        while (TakeIf("|"))
        {
            filter = ParseFilter(filter, Current.Line);
        }

        return new FilterBlock(filter, ParseLast("endfilter"), line);
    }

    private Generation ParseGeneration(int line)
    {
        var (_, body) = ParseCallable([], "endgeneration");
        return new Generation(body, line);
    }

    private List<Statement> ParseLast(string end)
    {
        var body = ParseBlock(end);
        _at++;
        return body;
    }

    /// <summary>A body that is called: loops outside do not reach into it, and it is known which special names it reads.</summary>
    private (Signature Signature, List<Statement> Body) ParseCallable(List<(string, Expression?)> parameters, string end)
    {
        int outer = _loops;
        _loops = 0;
        var names = new HashSet<string>(StringComparer.Ordinal);
        _specialNames.Push(names);
        var body = ParseLast(end);
        _specialNames.Pop();
        _loops = outer;
        names.IntersectWith(["varargs", "kwargs", "caller"]);
        names.ExceptWith(parameters.Select(parameter => parameter.Item1));
        return (new Signature(parameters, names), body);
    }

    private List<(string Name, Expression? Default)> ParseParameters()
    {
        var parameters = new List<(string, Expression?)>();
        Expect("(");
        while (!Current.IsOperator(")"))
        {
            if (parameters.Count > 0)
            {
                Expect(",");
            }

            int line = Current.Line;
            string name = ParameterName();
            var value = TakeIf("=") ? ParseExpression() : null;
            if (value is null && parameters.Count > 0 && parameters[^1].Item2 is not null)
            {
                throw TemplateFailure.Syntax("a parameter without a default follows one with a default", line);
            }

            parameters.Add((name, value));
        }

        Expect(")");
        return parameters;
    }

    private string ParameterName() => IsConstant(Current) ? throw Unexpected("a constant cannot be assigned to") : ExpectName();

    private Target ParseTarget(bool attributes, string? end)
    {
        var items = new List<Target>();
        bool isTuple = false;
        while (!EndsTuple(end) && !Current.IsOperator("="))
        {
            items.Add(ParseSingleTarget(attributes));
            if (!TakeIf(","))
            {
                break;
            }

            isTuple = true;
        }

        return isTuple ? new TupleTarget(items) : items.Count == 1 ? items[0] : throw Unexpected("expected a name");
    }

    private Target ParseSingleTarget(bool attributes)
    {
        if (Current.IsOperator("("))
        {
            Enter();
            _at++;
            var inner = ParseTarget(attributes: false, end: null);
            Expect(")");
            Leave();
            return inner;
        }

        string name = ParameterName();
        return attributes && TakeIf(".") ? new AttributeTarget(name, ExpectName()) : new NameTarget(name);
    }

    private static bool IsConstant(TemplateToken token) =>
        token.Kind != TokenKind.Name ? token.Kind is TokenKind.Text or TokenKind.Integer or TokenKind.Float
        : token.Text is "true" or "True" or "false" or "False" or "none" or "None";

    /// <summary>The variable loop belongs to the loop around it, in its body and its else part.</summary>
    private void RefuseLoop(Target target, int line)
    {
        if (_forDepth > 0 && Names(target).Contains("loop"))
        {
            throw TemplateFailure.Syntax("loop cannot be assigned to inside a loop", line);
        }
    }

    private static IEnumerable<string> Names(Target target) => target switch
    {
        NameTarget name => [name.Name],
        TupleTarget tuple => tuple.Items.SelectMany(Names),
        _ => [],
    };
}
