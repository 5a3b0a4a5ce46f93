namespace Fovea.Models.InternVl;

/// <summary>
/// Which patches of a tile become one visual token: those of a square, row by row, side by side in its channels. Version 1 of the original code gives the
/// tokens column by column, version 2 row by row.
/// </summary>
/// <param name="Side">Patches per side of a tile.</param>
/// <param name="Factor">Patches per side of a token; divides <paramref name="Side"/>.</param>
/// <param name="Transposed">Whether tokens come column by column (version 1).</param>
internal sealed record PixelShuffle(int Side, int Factor, bool Transposed)
{
    /// <summary>Tokens per side of a tile.</summary>
    public int TokenSide => Side / Factor;

    /// <summary>Tokens of a tile.</summary>
    public int Tokens => TokenSide * TokenSide;

    /// <summary>Patches of a token.</summary>
    public int Patches => Factor * Factor;

    /// <summary>Row and column of a token in its tile.</summary>
    public (int Row, int Column) Place(int token) =>
        Transposed ? (token % TokenSide, token / TokenSide) : (token / TokenSide, token % TokenSide);

    /// <summary>The patch, in raster order of the tile, that makes up part <paramref name="part"/> of a token's channels.</summary>
    public int Patch(int token, int part)
    {
        var (row, column) = Place(token);
        return (((row * Factor) + (part / Factor)) * Side) + (column * Factor) + (part % Factor);
    }
}
