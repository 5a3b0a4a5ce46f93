namespace Fovea.Models;

/// <summary>One rectangle of visual tokens and the part of the picture that it shows.</summary>
/// <param name="Image">Index of the image (or video) in the prompt.</param>
/// <param name="Frame">Index of the frame, 0 for an image.</param>
/// <param name="Rows">Rows of visual tokens.</param>
/// <param name="Columns">Columns of visual tokens.</param>
/// <param name="Time">Steps on the temporal axis of rotary embedding since the start of the video.</param>
public readonly record struct TokenGrid(int Image, int Frame, int Rows, int Columns, int Time = 0)
{
    /// <summary>The part of the picture that the grid lies over.</summary>
    public PictureArea Area { get; init; } = PictureArea.Whole;

    /// <summary>Whether it shows the whole picture once more, coarsely, beside the grids that show it in detail.</summary>
    public bool IsThumbnail { get; init; }
}
