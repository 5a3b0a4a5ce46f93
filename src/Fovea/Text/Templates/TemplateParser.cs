namespace Fovea.Text.Templates;

/// <summary>Builds the tree of a template from its tokens.</summary>
/// <remarks>Source: the grammar of Jinja 3.1.</remarks>
internal sealed partial class TemplateParser
{
    private readonly List<TemplateToken> _tokens;
    private readonly int _maxNesting;
    private readonly Stack<HashSet<string>> _specialNames = new();
    private int _at;
    private int _nesting;
    private int _loops;
    private int _forDepth;

    private TemplateParser(List<TemplateToken> tokens, int maxNesting)
    {
        _tokens = tokens;
        _maxNesting = maxNesting;
    }

    private TemplateToken Current => _tokens[_at];

    /// <summary>The statements of a template.</summary>
    /// <exception cref="ChatTemplateException">The text is not well formed, or nests or extends beyond the limits.</exception>
    public static IReadOnlyList<Statement> Parse(string template, ChatTemplateLimits limits)
    {
        if (template.Length > limits.TemplateLength)
        {
            throw TemplateFailure.Limit($"the template has {template.Length} characters; {limits.TemplateLength} are allowed");
        }

        var parser = new TemplateParser(TemplateLexer.Tokenize(template), limits.Nesting);
        var statements = parser.ParseBody([]);
        TemplateChecker.Check(statements);
        return statements;
    }

    private TemplateToken Take() => Current.Kind == TokenKind.End ? Current : _tokens[_at++];

    private bool TakeIf(string symbol)
    {
        bool found = Current.IsOperator(symbol);
        _at += found ? 1 : 0;
        return found;
    }

    private bool TakeIfName(string name)
    {
        bool found = Current.IsName(name);
        _at += found ? 1 : 0;
        return found;
    }

    private void Expect(string symbol)
    {
        if (!TakeIf(symbol))
        {
            throw Unexpected($"expected {symbol}");
        }
    }

    private void Expect(TokenKind kind)
    {
        if (Current.Kind != kind)
        {
            throw Unexpected(kind == TokenKind.BlockEnd ? "expected %}" : "expected }}");
        }

        _at++;
    }

    private string ExpectName() => Current.Kind == TokenKind.Name ? Take().Text : throw Unexpected("expected a name");

    private ChatTemplateException Unexpected(string problem)
    {
        string found = Current.Kind == TokenKind.End ? "the template ends" : $"\"{Current.Text}\" stands here";
        return TemplateFailure.Syntax($"{problem}, but {found}", Current.Line);
    }

    private void Enter()
    {
        TemplateFailure.GuardStack();
        if (++_nesting > _maxNesting)
        {
            throw TemplateFailure.Limit($"the template nests deeper than {_maxNesting} levels");
        }
    }

    private void Leave() => _nesting--;
}
