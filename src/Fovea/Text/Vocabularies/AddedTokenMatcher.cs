using Fovea.Text.Unicode;

namespace Fovea.Text.Vocabularies;

/// <summary>Cuts a text at added tokens: leftmost, then longest, without overlap.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly IReadOnlyList<AddedToken> _tokens;
    private readonly bool _splitSpecial;
    private readonly Func<int, bool> _isSpace;
    private readonly TokenTrie _trie = new();

    /// <summary>Prepares a search.</summary>
    /// <param name="tokens">The tokens, with ids.</param>
    /// <param name="content">What is searched for each of them.</param>
    /// <param name="splitSpecial">Special tokens in the text count as plain text.</param>
    /// <param name="isSpace">What a token may take along; null = <c>\s</c>.</param>
    public AddedTokenMatcher(IReadOnlyList<AddedToken> tokens, Func<AddedToken, int[]> content, bool splitSpecial, Func<int, bool>? isSpace = null)
    {
        _isSpace = isSpace ?? CharacterClasses.IsSpace;
        _tokens = tokens;
        _splitSpecial = splitSpecial;
        for (int i = 0; i < tokens.Count; i++)
        {
            _trie.Add(content(tokens[i]), i);
        }
    }

    /// <summary>Appends the parts of <paramref name="text"/> that are not empty.</summary>
    public void Split(ReadOnlySpan<int> text, List<TextSegment> segments)
    {
        int done = 0;
        for (int at = 0; at < text.Length && _tokens.Count > 0;)
        {
            var (index, length) = _trie.Longest(text, at);
            if (length == 0)
            {
                at++;
                continue;
            }

            var token = _tokens[index];
            int from = at, to = at + length;
            at = to;
            if ((token.SingleWord && IsInsideWord(text, from, to)) || (token.Special && _splitSpecial))
            {
                continue;
            }

            while (token.LeftStrip && from > done && _isSpace(text[from - 1]))
            {
                from--;
            }

            while (token.RightStrip && to < text.Length && _isSpace(text[to]))
            {
                to++;
            }

            AddText(done, from, segments);
            segments.Add(new TextSegment(from, to, token.Id));
            done = to;
        }

        AddText(done, text.Length, segments);
    }

    private static bool IsInsideWord(ReadOnlySpan<int> text, int from, int to) =>
        (from > 0 && CharacterClasses.IsWord(text[from - 1])) || (to < text.Length && CharacterClasses.IsWord(text[to]));

    private static void AddText(int from, int to, List<TextSegment> segments)
    {
        if (from < to)
        {
            segments.Add(new TextSegment(from, to, -1));
        }
    }
}
