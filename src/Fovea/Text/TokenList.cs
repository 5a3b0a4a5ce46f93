namespace Fovea.Text;

/// <summary>A growing list of token ids with the input range of each; reused without allocation.</summary>
internal sealed class TokenList
{
    private readonly List<TokenSpan> _spans = [];

    /// <summary>The tokens in order.</summary>
    public List<TokenSpan> Spans => _spans;

    /// <summary>Appends a token that stands for scalars [<paramref name="from"/>, <paramref name="to"/>) of <paramref name="text"/>.</summary>
    public void Add(int id, ScalarBuffer text, int from, int to)
    {
        int start = text.Start(from);
        _spans.Add(new TokenSpan(id, start, Math.Max(0, text.End(to - 1) - start)));
    }

    /// <summary>Appends a token that stands for input units [<paramref name="start"/>, <paramref name="start"/> + <paramref name="length"/>).</summary>
    public void Add(int id, int start, int length) => _spans.Add(new TokenSpan(id, start, length));

    /// <summary>Lets the last token stand for everything up to scalar <paramref name="to"/> of <paramref name="text"/>.</summary>
    public void ExtendLast(ScalarBuffer text, int to)
    {
        var last = _spans[^1];
        _spans[^1] = last with { Length = Math.Max(last.Length, text.End(to - 1) - last.Start) };
    }
}
