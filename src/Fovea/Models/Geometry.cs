namespace Fovea.Models;

/// <summary>The place of every visual token of a prompt, in the order of the sequence. Immutable.</summary>
public sealed class Geometry
{
    private readonly VisualToken[] _tokens;

    /// <summary>Takes tokens and the grids they refer to.</summary>
    public Geometry(VisualToken[] tokens, IReadOnlyList<TokenGrid> grids)
    {
        _tokens = tokens;
        Grids = grids;
    }

    /// <summary>No visual tokens.</summary>
    public static Geometry Empty { get; } = new([], []);

    /// <summary>The grids of all images.</summary>
    public IReadOnlyList<TokenGrid> Grids { get; }

    /// <summary>The number of visual tokens.</summary>
    public int Count => _tokens.Length;

    /// <summary>The token at <paramref name="index"/>.</summary>
    public VisualToken this[int index] => _tokens[index];

    /// <summary>One grid of patches in raster order, for tests and for methods tried on their own.</summary>
    public static Geometry OfGrid(int rows, int columns)
    {
        var tokens = new VisualToken[rows * columns];
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = new VisualToken(0, 0, 0, 0, i / columns, i % columns, VisualTokenKind.Patch);
        }

        return new Geometry(tokens, [new TokenGrid(0, 0, rows, columns)]);
    }

    /// <summary>The tokens at these indices, over the same grids.</summary>
    public Geometry Select(ReadOnlySpan<int> indices)
    {
        var tokens = new VisualToken[indices.Length];
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = _tokens[indices[i]];
        }

        return new Geometry(tokens, Grids);
    }

    /// <summary>Where the tokens of each image lie: (image, first index, count), in sequence order.</summary>
    public IEnumerable<(int Image, int Start, int Count)> Images()
    {
        int start = 0;
        for (int i = 1; i <= _tokens.Length; i++)
        {
            if (i == _tokens.Length || _tokens[i].Image != _tokens[start].Image)
            {
                yield return (_tokens[start].Image, start, i - start);
                start = i;
            }
        }
    }
}
