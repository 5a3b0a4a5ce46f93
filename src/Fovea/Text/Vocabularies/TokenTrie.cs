namespace Fovea.Text.Vocabularies;

/// <summary>Finds the longest of many texts that begins at a place of a text.</summary>
internal sealed class TokenTrie
{
    private readonly Dictionary<long, int> _edges = [];
    private readonly List<int> _values = [-1];
    private readonly bool[] _asciiStarts = new bool[128];
    private bool _otherStarts;

    /// <summary>Adds a text; of equal texts the later one counts. An empty text never matches.</summary>
    public void Add(ReadOnlySpan<int> text, int value)
    {
        if (text.Length == 0)
        {
            return;
        }

        int node = 0;
        foreach (int scalar in text)
        {
            if (!_edges.TryGetValue(Key(node, scalar), out int next))
            {
                next = _values.Count;
                _values.Add(-1);
                _edges.Add(Key(node, scalar), next);
            }

            node = next;
        }

        _values[node] = value;
        _otherStarts |= text[0] >= 128;
        if (text[0] < 128)
        {
            _asciiStarts[text[0]] = true;
        }
    }

    /// <summary>The value of the longest text that begins at <paramref name="at"/>, and its length; −1 and 0 if there is none.</summary>
    public (int Value, int Length) Longest(ReadOnlySpan<int> text, int at)
    {
        var best = (Value: -1, Length: 0);
        if (text[at] < 128 ? !_asciiStarts[text[at]] : !_otherStarts)
        {
            return best;
        }

        int node = 0;
        for (int i = at; i < text.Length && _edges.TryGetValue(Key(node, text[i]), out node); i++)
        {
            if (_values[node] >= 0)
            {
                best = (_values[node], i + 1 - at);
            }
        }

        return best;
    }

    /// <summary>Appends the values and lengths of all texts that begin at <paramref name="at"/>, shortest first.</summary>
    public void All(ReadOnlySpan<int> text, int at, List<(int Value, int Length)> found)
    {
        int node = 0;
        for (int i = at; i < text.Length && _edges.TryGetValue(Key(node, text[i]), out node); i++)
        {
            if (_values[node] >= 0)
            {
                found.Add((_values[node], i + 1 - at));
            }
        }
    }

    private static long Key(int node, int scalar) => ((long)node << 32) | (uint)scalar;
}
