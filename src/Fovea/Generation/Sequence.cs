using Fovea.Nn;

namespace Fovea.Generation;

/// <summary>One conversation's tokens and their keys and values. Disposed by whoever made it.</summary>
public sealed class Sequence : IDisposable
{
    private readonly List<int> _tokens = [];
    private readonly List<(string Hash, int Tokens)> _pictures = [];

    /// <summary>Starts empty.</summary>
    public Sequence(KvCache cache) => Cache = cache;

    /// <summary>Keys and values, layer by layer.</summary>
    public KvCache Cache { get; }

    /// <summary>The tokens in the cache, unreduced: a visual token stands as the image placeholder.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>The position of the next token.</summary>
    public int NextPosition { get; private set; }

    /// <summary>Tokens in front that must stay, because reduction made their entries differ from layer to layer.</summary>
    public int Fixed { get; private set; }

    /// <summary>The pictures in the cache, with the visual tokens that each has without reduction.</summary>
    internal IReadOnlyList<(string Hash, int Tokens)> Pictures => _pictures;

    /// <summary>Notes tokens that the pass has put into the cache.</summary>
    /// <param name="tokens">Ids, unreduced.</param>
    /// <param name="nextPosition">The position after them.</param>
    /// <param name="visual">Whether visual tokens are among them.</param>
    internal void Advance(ReadOnlySpan<int> tokens, int nextPosition, bool visual)
    {
        _tokens.AddRange(tokens);
        NextPosition = nextPosition;
        if (visual)
        {
            Fixed = _tokens.Count;
        }
    }

    internal void AddPicture(string hash, int tokens) => _pictures.Add((hash, tokens));

    /// <summary>Forgets the last tokens of a conversation, down to <paramref name="count"/>; only text behind the last picture can be forgotten.</summary>
    internal void Truncate(int count)
    {
        if (count == 0)
        {
            Clear();
            return;
        }

        int dropped = _tokens.Count - count;
        for (int layer = 0; layer < Cache.Layers; layer++)
        {
            Cache[layer].Truncate(Cache[layer].Length - dropped);
        }

        _tokens.RemoveRange(count, dropped);
        NextPosition -= dropped;
    }

    private void Clear()
    {
        for (int layer = 0; layer < Cache.Layers; layer++)
        {
            Cache[layer].Truncate(0);
        }

        _tokens.Clear();
        _pictures.Clear();
        NextPosition = 0;
        Fixed = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Cache.Dispose();
}
