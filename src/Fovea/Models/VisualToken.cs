namespace Fovea.Models;

/// <summary>Where one visual token comes from.</summary>
/// <param name="Image">Index of the image (or video) in the prompt.</param>
/// <param name="Frame">Index of the frame, 0 for an image.</param>
/// <param name="Grid">Index into <see cref="Geometry.Grids"/>.</param>
/// <param name="Tile">Index of the picture that the encoder saw, counted over the prompt.</param>
/// <param name="Row">Row in the grid; −1 if the token has no place.</param>
/// <param name="Column">Column in the grid; −1 if the token has no place.</param>
/// <param name="Kind">Patch or special.</param>
public readonly record struct VisualToken(int Image, int Frame, int Grid, int Tile, int Row, int Column, VisualTokenKind Kind);
