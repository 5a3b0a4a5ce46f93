namespace Fovea.Models;

/// <summary>Collects visual tokens with their places, and what feature rows they are made of.</summary>
internal sealed class LayoutBuilder
{
    private readonly List<VisualToken> _tokens = [];
    private readonly List<TokenGrid> _grids = [];
    private readonly List<IReadOnlyList<(int Row, float Weight)>> _rows = [];
    private readonly List<PictureSlice> _pictures = [];

    /// <summary>The pictures and videos so far.</summary>
    public IReadOnlyList<PictureSlice> Pictures => _pictures;

    /// <summary>Notes where the next picture or video of the prompt lies.</summary>
    public void Picture(PictureSlice picture) => _pictures.Add(picture);

    /// <summary>Opens a grid; tokens that follow belong to it.</summary>
    public void Grid(TokenGrid grid) => _grids.Add(grid);

    /// <summary>A token that is one feature row.</summary>
    public void Patch(int tile, int row, int column, int feature) => Patch(tile, row, column, [(feature, 1f)]);

    /// <summary>A token that is a mixture of feature rows.</summary>
    public void Patch(int tile, int row, int column, IReadOnlyList<(int Row, float Weight)> features) => Add(tile, row, column, VisualTokenKind.Patch, features);

    /// <summary>A class token.</summary>
    public void ClassToken(int tile, int feature) => Add(tile, -1, -1, VisualTokenKind.ClassToken, [(feature, 1f)]);

    /// <summary>A row end, behind row <paramref name="row"/> of the open grid (−1: behind everything).</summary>
    public void Newline(int row) => Add(-1, row, -1, VisualTokenKind.Newline, []);

    /// <summary>All tokens of one tile: a grid of patches in raster order, its class token first if it has one.</summary>
    /// <param name="image">Index of the image or video.</param>
    /// <param name="frame">Index of the frame.</param>
    /// <param name="tile">Index of the tile.</param>
    /// <param name="side">Patches per side.</param>
    /// <param name="feature">First feature row of the tile.</param>
    /// <param name="classToken">Whether the first feature row is the class token.</param>
    /// <param name="thumbnail">Whether the picture also stands in other grids, in detail.</param>
    public void Tile(int image, int frame, int tile, int side, int feature, bool classToken, bool thumbnail = false)
    {
        Grid(new TokenGrid(image, frame, side, side) { IsThumbnail = thumbnail });
        if (classToken)
        {
            ClassToken(tile, feature++);
        }

        for (int i = 0; i < side * side; i++)
        {
            Patch(tile, i / side, i % side, feature + i);
        }
    }

    /// <summary>The tokens' places.</summary>
    public Geometry Geometry() => new([.. _tokens], _grids);

    /// <summary>What the tokens are made of.</summary>
    public TokenPacking Packing(int features) => TokenPacking.Of(features, _rows);

    private void Add(int tile, int row, int column, VisualTokenKind kind, IReadOnlyList<(int Row, float Weight)> features)
    {
        var grid = _grids[^1];
        _tokens.Add(new VisualToken(grid.Image, grid.Frame, _grids.Count - 1, tile, row, column, kind));
        _rows.Add(features);
    }
}
