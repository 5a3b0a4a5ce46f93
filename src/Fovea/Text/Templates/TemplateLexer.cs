using Fovea.Text.Unicode;

namespace Fovea.Text.Templates;

/// <summary>
/// Cuts a template into tokens and applies the rules of white space: line ends become <c>\n</c> and the last one goes, a dash in a tag removes all white space on its
/// side, a block or comment takes the line end behind it and, alone on its line, the white space before it.
/// </summary>
/// <remarks>Source: Jinja 3.1 with trim_blocks and lstrip_blocks on.</remarks>
internal sealed partial class TemplateLexer
{
    private readonly string _source;
    private readonly List<TemplateToken> _tokens = [];
    private readonly Stack<char> _brackets = new();
    private int _at;
    private int _lineAt;
    private int _line = 1;
    private bool _lineStart = true;

    private TemplateLexer(string source) => _source = source;

    /// <summary>The tokens of a template, ended by <see cref="TokenKind.End"/> on the line of the last one.</summary>
    public static List<TemplateToken> Tokenize(string template)
    {
        string source = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        var lexer = new TemplateLexer(source.EndsWith('\n') ? source[..^1] : source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_at < _source.Length)
        {
            int tag = NextTag(_at);
            if (tag < 0)
            {
                AddData(_at, _source.Length);
                _at = _source.Length;
                break;
            }

            char kind = _source[tag + 1];
            char sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : ' ';
            AddData(_at, TrimmedEnd(_at, tag, sign, kind != '{'));
            int inside = tag + (sign == ' ' ? 2 : 3);
            _at = tag;
            if (kind == '#')
            {
                SkipComment(inside);
            }
            else if (kind == '{')
            {
                Add(TokenKind.PrintBegin, "{{", tag);
                ReadTag(inside, isBlock: false);
            }
            else if (RawContentStart(inside) is >= 0 and var content)
            {
                ReadRaw(content, tag);
            }
            else
            {
                Add(TokenKind.BlockBegin, "{%", tag);
                ReadTag(inside, isBlock: true);
            }
        }

        _tokens.Add(new TemplateToken(TokenKind.End, "", _tokens.Count > 0 ? _tokens[^1].Line : 1));
    }

    private int NextTag(int from)
    {
        for (int i = _source.IndexOf('{', from); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
        {
            if (_source[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Where the text [<paramref name="from"/>, <paramref name="tag"/>) before a tag ends once white space is removed.</summary>
    private int TrimmedEnd(int from, int tag, char sign, bool isBlock)
    {
        if (sign == '-')
        {
            return from + TrimmedLength(_source.AsSpan(from, tag - from));
        }

        if (sign == '+' || !isBlock)
        {
            return tag;
        }

        int newline = _source.AsSpan(from, tag - from).LastIndexOf('\n');
        int line = from + newline + 1;
        return (newline >= 0 || _lineStart) && TrimmedLength(_source.AsSpan(line, tag - line)) == 0 ? line : tag;
    }

    private static int TrimmedLength(ReadOnlySpan<char> text)
    {
        int length = text.Length;
        while (length > 0 && CharacterClasses.IsPythonSpace(text[length - 1]))
        {
            length--;
        }

        return length;
    }

    private void SkipComment(int inside)
    {
        int end = _source.IndexOf("#}", inside, StringComparison.Ordinal);
        if (end < 0)
        {
            throw TemplateFailure.Syntax("a comment is not closed", LineOf(_at));
        }

        char sign = end > inside ? _source[end - 1] : ' ';
        EndTag(end + 2, sign is '-' or '+' ? sign : ' ', takesLineEnd: true);
    }

    /// <summary>Moves behind a closing mark and the white space that it removes.</summary>
    private void EndTag(int end, char sign, bool takesLineEnd)
    {
        int after = end;
        if (sign == '-')
        {
            after = SkipSpace(end);
        }
        else if (sign != '+' && takesLineEnd && end < _source.Length && _source[end] == '\n')
        {
            after++;
        }

        _lineStart = _source[after - 1] == '\n';
        _at = after;
    }

    private int SkipSpace(int from)
    {
        while (from < _source.Length && CharacterClasses.IsPythonSpace(_source[from]))
        {
            from++;
        }

        return from;
    }

    /// <summary>Where the content of a raw block begins whose tag has its name after <paramref name="inside"/>; −1 if it is another tag.</summary>
    private int RawContentStart(int inside)
    {
        int name = SkipSpace(inside);
        if (string.CompareOrdinal(_source, name, "raw", 0, 3) != 0)
        {
            return -1;
        }

        int end = SkipSpace(name + 3);
        if (string.CompareOrdinal(_source, end, "-%}", 0, 3) == 0)
        {
            return SkipSpace(end + 3);
        }

        return string.CompareOrdinal(_source, end, "%}", 0, 2) == 0 ? end + 2 : -1;
    }

    private void ReadRaw(int content, int tag)
    {
        _lineStart = _source[content - 1] == '\n';
        for (int i = content; (i = _source.IndexOf("{%", i, StringComparison.Ordinal)) >= 0; i += 2)
        {
            char sign = i + 2 < _source.Length && _source[i + 2] is '-' or '+' ? _source[i + 2] : ' ';
            int name = SkipSpace(i + (sign == ' ' ? 2 : 3));
            if (string.CompareOrdinal(_source, name, "endraw", 0, 6) != 0)
            {
                continue;
            }

            int end = SkipSpace(name + 6);
            char closing = end < _source.Length && _source[end] is '-' or '+' ? _source[end] : ' ';
            end += closing == ' ' ? 0 : 1;
            if (string.CompareOrdinal(_source, end, "%}", 0, 2) == 0)
            {
                AddData(content, TrimmedEnd(content, i, sign, isBlock: true));
                EndTag(end + 2, closing, takesLineEnd: true);
                return;
            }
        }

        throw TemplateFailure.Syntax("a raw block is not closed", LineOf(tag));
    }

    private void AddData(int from, int to)
    {
        if (from < to)
        {
            Add(TokenKind.Data, _source[from..to], from);
        }
    }

    private void Add(TokenKind kind, string text, int at) => _tokens.Add(new TemplateToken(kind, text, LineOf(at)));

    /// <summary>The line of a place; places are asked for in ascending order, but for the start of what is being read.</summary>
    private int LineOf(int at)
    {
        if (at < _lineAt)
        {
            return _line - _source.AsSpan(at, _lineAt - at).Count('\n');
        }

        _line += _source.AsSpan(_lineAt, at - _lineAt).Count('\n');
        _lineAt = at;
        return _line;
    }
}
