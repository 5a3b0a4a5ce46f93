namespace Fovea.Imaging;

/// <summary>Where one picture of a prompt lies in <see cref="ProcessedImages.Pixels"/>, and how it was cut.</summary>
public sealed record ProcessedImage
{
    /// <summary>The picture as it was given.</summary>
    public required ImageSize OriginalSize { get; init; }

    /// <summary>The first row of the pixels that belongs to the picture: a tile, or a patch where there is a <see cref="Grid"/>.</summary>
    public required int FirstTile { get; init; }

    /// <summary>The rows that belong to it, base and thumbnail included.</summary>
    public required int TileCount { get; init; }

    /// <summary>Rows of the grid of tiles; 1 for a picture that is not cut. Tiles come row by row.</summary>
    public int TileRows { get; init; } = 1;

    /// <summary>Columns of the grid of tiles.</summary>
    public int TileColumns { get; init; } = 1;

    /// <summary>Whether the first tile is the whole picture at low resolution, before the grid (LLaVA-NeXT, LLaVA-OneVision).</summary>
    public bool HasBase { get; init; }

    /// <summary>Whether the last tile is the whole picture at low resolution, behind the grid (InternVL).</summary>
    public bool HasThumbnail { get; init; }

    /// <summary>The grid of patches in the Qwen models; null where pixels are tiles.</summary>
    public PatchGrid? Grid { get; init; }
}
