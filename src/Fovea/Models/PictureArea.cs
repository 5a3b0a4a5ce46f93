namespace Fovea.Models;

/// <summary>A rectangle of a picture in shares of its width and height, from 0 to 1.</summary>
/// <param name="Left">Left edge.</param>
/// <param name="Top">Upper edge.</param>
/// <param name="Width">Share of the width.</param>
/// <param name="Height">Share of the height.</param>
public readonly record struct PictureArea(double Left, double Top, double Width, double Height)
{
    /// <summary>All of it.</summary>
    public static PictureArea Whole { get; } = new(0, 0, 1, 1);
}
