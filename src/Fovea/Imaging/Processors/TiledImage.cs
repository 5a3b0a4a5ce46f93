namespace Fovea.Imaging.Processors;

/// <summary>A picture cut into tiles of 8-bit samples, ready to be normalised.</summary>
internal sealed record TiledImage(Image[] Tiles)
{
    public int Rows { get; init; } = 1;

    public int Columns { get; init; } = 1;

    public bool HasBase { get; init; }

    public bool HasThumbnail { get; init; }
}
