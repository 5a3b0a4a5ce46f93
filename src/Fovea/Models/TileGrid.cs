namespace Fovea.Models;

/// <summary>One rectangle of visual tokens and the part of the picture that it shows.</summary>
/// <param name="Image">Index of the image in the prompt.</param>
/// <param name="Frame">Index of the frame, 0 for an image.</param>
/// <param name="Rows">Rows of visual tokens.</param>
/// <param name="Columns">Columns of visual tokens.</param>
/// <param name="Area">What the tile shows, in fractions of the picture: left, top, width, height.</param>
public readonly record struct TileGrid(int Image, int Frame, int Rows, int Columns, (double Left, double Top, double Width, double Height) Area)
{
    /// <summary>The whole picture.</summary>
    public static (double Left, double Top, double Width, double Height) Whole => (0, 0, 1, 1);
}
