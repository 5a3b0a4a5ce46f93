using System.Globalization;

namespace Fovea.Text.Templates;

internal sealed partial class TemplateParser
{
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>An expression, or several parted by commas as a tuple.</summary>
    private Expression ParseTuple(bool conditional, bool inParentheses = false, string? end = null)
    {
        int line = Current.Line;
        var items = new List<Expression>();
        bool isTuple = false;
        while (!EndsTuple(end))
        {
            items.Add(conditional ? ParseExpression() : ParseOr());
            if (!TakeIf(","))
            {
                break;
            }

            isTuple = true;
        }

        if (!isTuple && items.Count == 1)
        {
            return items[0];
        }

        return isTuple || inParentheses ? new Sequence(items, IsTuple: true, line) : throw Unexpected("expected an expression");
    }

    private bool EndsTuple(string? end) =>
        Current.Kind is TokenKind.PrintEnd or TokenKind.BlockEnd || Current.IsOperator(")") || (end is not null && Current.IsName(end));

    private Expression ParseExpression()
    {
        TemplateFailure.GuardStack();
        int line = Current.Line;
        var value = ParseOr();
        while (TakeIfName("if"))
        {
            var test = ParseOr();
            value = new Conditional(test, value, TakeIfName("else") ? Nested(ParseExpression) : null, line);
        }

        return value;
    }

    /// <summary>An operand that stands a level deeper, so that a long run of prefixes meets the limit before the stack ends.</summary>
    private Expression Nested(Func<Expression> parse)
    {
        Enter();
        var value = parse();
        Leave();
        return value;
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (Current.IsName("or"))
        {
            int line = Take().Line;
            left = new Binary("or", left, ParseAnd(), line);
        }

        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (Current.IsName("and"))
        {
            int line = Take().Line;
            left = new Binary("and", left, ParseNot(), line);
        }

        return left;
    }

    private Expression ParseNot()
    {
        TemplateFailure.GuardStack();
        int line = Current.Line;
        return TakeIfName("not") ? new Unary("not", Nested(ParseNot), line) : ParseComparison();
    }

    private Expression ParseComparison()
    {
        int line = Current.Line;
        var first = ParseBinary(0);
        var rest = new List<(string, Expression)>();
        while (true)
        {
            if (Current.Kind == TokenKind.Operator && Comparisons.Contains(Current.Text))
            {
                rest.Add((Take().Text, ParseBinary(0)));
            }
            else if (TakeIfName("in"))
            {
                rest.Add(("in", ParseBinary(0)));
            }
            else if (Current.IsName("not") && _tokens[_at + 1].IsName("in"))
            {
                _at += 2;
                rest.Add(("not in", ParseBinary(0)));
            }
            else
            {
                return rest.Count == 0 ? first : new Comparison(first, rest, line);
            }
        }
    }

    /// <summary>The left-associative operators by level: sums, concatenation, products, powers.</summary>
    private Expression ParseBinary(int level)
    {
        if (level == 4)
        {
            return ParseUnary(filters: true);
        }

        var left = ParseBinary(level + 1);
        while (Current.Kind == TokenKind.Operator && Level(Current.Text) == level)
        {
            var symbol = Take();
            left = new Binary(symbol.Text, left, ParseBinary(level + 1), symbol.Line);
        }

        return left;
    }

    private static int Level(string symbol) => symbol switch
    {
        "+" or "-" => 0,
        "~" => 1,
        "*" or "/" or "//" or "%" => 2,
        "**" => 3,
        _ => -1,
    };

    private Expression ParseUnary(bool filters)
    {
        TemplateFailure.GuardStack();
        int line = Current.Line;
        var value = TakeIf("-") ? new Unary("-", Nested(() => ParseUnary(filters: false)), line)
            : TakeIf("+") ? new Unary("+", Nested(() => ParseUnary(filters: false)), line)
            : ParsePrimary();
        value = ParsePostfix(value);
        return filters ? ParseFilters(value) : value;
    }

    private Expression ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                return ParseName();
            case TokenKind.Text:
                var text = new System.Text.StringBuilder();
                while (Current.Kind == TokenKind.Text)
                {
                    text.Append(Take().Text);
                }

                return new Constant(text.ToString(), token.Line);
            case TokenKind.Integer:
                return new Constant(Integer(Take()), token.Line);
            case TokenKind.Float:
                return new Constant(double.Parse(Take().Text, CultureInfo.InvariantCulture), token.Line);
            case TokenKind.Operator when token.Text is "(" or "[" or "{":
                Enter();
                _at++;
                var value = token.Text == "(" ? ParseTuple(conditional: true, inParentheses: true) : token.Text == "[" ? ParseList(token.Line) : ParseMapping(token.Line);
                Expect(token.Text == "(" ? ")" : token.Text == "[" ? "]" : "}");
                Leave();
                return value;
            default:
                throw Unexpected("expected an expression");
        }
    }

    private Expression ParseName()
    {
        var token = Take();
        switch (token.Text)
        {
            case "true" or "True":
                return new Constant(true, token.Line);
            case "false" or "False":
                return new Constant(false, token.Line);
            case "none" or "None":
                return new Constant(null, token.Line);
            default:
                foreach (var names in _specialNames)
                {
                    names.Add(token.Text);
                }

                return new Variable(token.Text, token.Line);
        }
    }

    private static long Integer(TemplateToken token)
    {
        string digits = token.Text;
        int radix = digits.Length > 1 ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 } : 10;
        UInt128 value = 0;
        foreach (char digit in radix == 10 ? digits : digits[2..])
        {
            value = (value * (uint)radix) + (uint)Convert.ToInt32(digit.ToString(), 16);
            if (value > long.MaxValue)
            {
                throw TemplateFailure.Limit($"the number {digits} does not fit into 64 bits");
            }
        }

        return (long)value;
    }

    private Sequence ParseList(int line)
    {
        var items = new List<Expression>();
        while (!Current.IsOperator("]"))
        {
            items.Add(ParseExpression());
            if (!Current.IsOperator("]"))
            {
                Expect(",");
            }
        }

        return new Sequence(items, IsTuple: false, line);
    }

    private MappingLiteral ParseMapping(int line)
    {
        var entries = new List<(Expression, Expression)>();
        while (!Current.IsOperator("}"))
        {
            var key = ParseExpression();
            Expect(":");
            entries.Add((key, ParseExpression()));
            if (!Current.IsOperator("}"))
            {
                Expect(",");
            }
        }

        return new MappingLiteral(entries, line);
    }

    private Expression ParsePostfix(Expression value)
    {
        while (true)
        {
            int line = Current.Line;
            if (TakeIf("."))
            {
                value = Current.Kind switch
                {
                    TokenKind.Name => new AttributeAccess(value, Take().Text, line),
                    TokenKind.Integer => new ItemAccess(value, new Constant(Integer(Take()), line), line),
                    _ => throw Unexpected("expected a name or a number"),
                };
            }
            else if (Current.IsOperator("["))
            {
                Enter();
                _at++;
                value = new ItemAccess(value, ParseIndex(line), line);
                Expect("]");
                Leave();
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

    private Expression ParseIndex(int line)
    {
        var indices = new List<Expression>();
        while (!Current.IsOperator("]"))
        {
            if (indices.Count > 0)
            {
                Expect(",");
            }

            indices.Add(ParseSlice());
        }

        return indices.Count == 1 ? indices[0] : new Sequence(indices, IsTuple: true, line);
    }

    private Expression ParseSlice()
    {
        int line = Current.Line;
        Expression? start = Current.IsOperator(":") ? null : ParseExpression();
        if (!TakeIf(":"))
        {
            return start ?? throw Unexpected("expected an expression");
        }

        bool Ends() => Current.IsOperator(":") || Current.IsOperator("]") || Current.IsOperator(",");
        var stop = Ends() ? null : ParseExpression();
        var step = TakeIf(":") && !Ends() ? ParseExpression() : null;
        return new SliceRange(start, stop, step, line);
    }
}
