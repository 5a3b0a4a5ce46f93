namespace Fovea.Reduction;

/// <summary>Whose attention is asked for, counted from the end of the prompt or from the first token behind the last visual one.</summary>
public readonly record struct Queries
{
    private readonly QueryAnchor _anchor;
    private readonly int _first;
    private readonly int _spared;

    private Queries(QueryAnchor anchor, int first, int spared)
    {
        _anchor = anchor;
        _first = first;
        _spared = spared;
    }

    private enum QueryAnchor
    {
        Last,
        Single,
        Behind,
    }

    /// <summary>The last token of the prompt.</summary>
    public static Queries LastToken => default;

    /// <summary>Every token behind the last visual token; the last token of the prompt if there is none.</summary>
    public static Queries Instruction => Behind(0);

    /// <summary>One token behind the last visual one. It must exist.</summary>
    /// <param name="offset">0 = directly behind it.</param>
    public static Queries TokenBehind(int offset) => new(QueryAnchor.Single, offset, 0);

    /// <summary>A run of tokens behind the last visual one; the last token of the prompt if it is empty.</summary>
    /// <param name="first">Where it begins; 0 = directly behind.</param>
    /// <param name="spared">How many tokens at the end of the prompt are left out.</param>
    public static Queries Behind(int first, int spared = 0) => new(QueryAnchor.Behind, first, spared);

    /// <summary>The rows of a sequence.</summary>
    /// <param name="behind">Its first row behind the last visual token.</param>
    /// <param name="count">Its rows.</param>
    /// <exception cref="ArgumentException">The one token asked for does not exist.</exception>
    public int[] Rows(int behind, int count)
    {
        int first = behind + _first, end = count - _spared;
        return _anchor switch
        {
            QueryAnchor.Single => first < count ? [first] : throw new ArgumentException($"The prompt has {count - behind} tokens behind its pictures, so there is no token {_first} there to look from."),
            QueryAnchor.Behind when first < end => [.. Enumerable.Range(first, end - first)],
            _ => [count - 1],
        };
    }

    /// <summary>Such as <c>last</c> or <c>behind+1</c>.</summary>
    public override string ToString() => _anchor switch
    {
        QueryAnchor.Single => $"behind+{_first}",
        QueryAnchor.Behind => $"behind+{_first}..last-{_spared}",
        _ => "last",
    };
}
