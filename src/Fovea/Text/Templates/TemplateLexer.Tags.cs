using System.Globalization;
using System.Text;

namespace Fovea.Text.Templates;

internal sealed partial class TemplateLexer
{
    // Longer ones first.
    private static readonly string[] Operators =
    [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    private static bool IsNameCharacter(Rune rune) => rune.Value == '_' || Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;

    private void ReadTag(int inside, bool isBlock)
    {
        _brackets.Clear();
        _at = inside;
        while ((_at = SkipSpace(_at)) < _source.Length)
        {
            if (_brackets.Count == 0 && ReadEnd(isBlock))
            {
                return;
            }

            char c = _source[_at];
            if (char.IsAsciiDigit(c))
            {
                ReadNumber();
            }
            else if (c is '\'' or '"')
            {
                ReadText(c);
            }
            else if (!ReadName())
            {
                ReadOperator();
            }
        }
    }

    private bool ReadEnd(bool isBlock)
    {
        char sign = _source[_at] == '-' || (_source[_at] == '+' && isBlock) ? _source[_at] : ' ';
        int mark = _at + (sign == ' ' ? 0 : 1);
        if (string.CompareOrdinal(_source, mark, isBlock ? "%}" : "}}", 0, 2) != 0)
        {
            return false;
        }

        Add(isBlock ? TokenKind.BlockEnd : TokenKind.PrintEnd, isBlock ? "%}" : "}}", _at);
        EndTag(mark + 2, sign, takesLineEnd: isBlock);
        return true;
    }

    private void ReadNumber()
    {
        int start = _at;
        bool afterPoint = start > 0 && _source[start - 1] == '.';
        int digits = Digits(start);
        int end = digits;
        if (!afterPoint && end + 1 < _source.Length && _source[end] == '.' && char.IsAsciiDigit(_source[end + 1]))
        {
            end = Digits(end + 1);
        }

        int exponent = !afterPoint && end < _source.Length && _source[end] is 'e' or 'E' ? end + 1 : -1;
        if (exponent > 0 && exponent < _source.Length && _source[exponent] is '+' or '-')
        {
            exponent++;
        }

        if (exponent > 0 && exponent < _source.Length && char.IsAsciiDigit(_source[exponent]))
        {
            end = Digits(exponent);
        }

        bool isFloat = end > digits;
        end = isFloat ? end : IntegerEnd(start);
        Add(isFloat ? TokenKind.Float : TokenKind.Integer, _source[start..end].Replace("_", "", StringComparison.Ordinal), start);
        _at = end;
    }

    /// <summary>End of a run of digits that single underscores may part.</summary>
    private int Digits(int at)
    {
        while (at < _source.Length && (char.IsAsciiDigit(_source[at]) || (_source[at] == '_' && at + 1 < _source.Length && char.IsAsciiDigit(_source[at + 1]))))
        {
            at++;
        }

        return at;
    }

    private int IntegerEnd(int start)
    {
        char radix = start + 1 < _source.Length && _source[start] == '0' ? char.ToLowerInvariant(_source[start + 1]) : ' ';
        string allowed = radix switch
        {
            'x' => "0123456789abcdefABCDEF",
            'o' => "01234567",
            'b' => "01",
            _ => _source[start] == '0' ? "0" : "0123456789",
        };
        int at = start + (radix is 'x' or 'o' or 'b' ? 2 : 1), first = at;
        while (at < _source.Length && (allowed.Contains(_source[at]) || (_source[at] == '_' && at + 1 < _source.Length && allowed.Contains(_source[at + 1]))))
        {
            at++;
        }

        return radix is 'x' or 'o' or 'b' && at == first ? start + 1 : at;
    }

    private bool ReadName()
    {
        int end = _at;
        while (end < _source.Length && Rune.TryGetRuneAt(_source, end, out var rune) && IsNameCharacter(rune))
        {
            end += rune.Utf16SequenceLength;
        }

        if (end == _at)
        {
            return false;
        }

        Add(TokenKind.Name, _source[_at..end], _at);
        _at = end;
        return true;
    }

    private void ReadOperator()
    {
        string symbol = Operators.FirstOrDefault(symbol => string.CompareOrdinal(_source, _at, symbol, 0, symbol.Length) == 0)
            ?? throw TemplateFailure.Syntax($"the character {_source[_at]} has no place here", LineOf(_at));
        char c = symbol[0];
        if (c is '(' or '[' or '{')
        {
            _brackets.Push(c == '(' ? ')' : c == '[' ? ']' : '}');
        }
        else if (c is ')' or ']' or '}' && (!_brackets.TryPop(out char expected) || expected != c))
        {
            throw TemplateFailure.Syntax($"the bracket {c} closes nothing that is open", LineOf(_at));
        }

        Add(TokenKind.Operator, symbol, _at);
        _at += symbol.Length;
    }

    private void ReadText(char quote)
    {
        int start = _at, line = LineOf(start);
        var text = new StringBuilder();
        int i = start + 1;
        while (i < _source.Length && _source[i] != quote)
        {
            if (_source[i] == '\\' && i + 1 < _source.Length)
            {
                i = TextEscape.Read(_source, i + 1, text, line);
            }
            else
            {
                text.Append(_source[i++]);
            }
        }

        if (i >= _source.Length)
        {
            throw TemplateFailure.Syntax("a text is not closed", line);
        }

        Add(TokenKind.Text, text.ToString(), start);
        _at = i + 1;
    }
}
