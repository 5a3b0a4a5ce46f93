namespace Fovea.Imaging;

/// <summary>The grid of patches of a picture or video in the Qwen models, before merging: <c>image_grid_thw</c>.</summary>
/// <param name="Frames">Temporal patches; 1 for a picture.</param>
/// <param name="Rows">Rows of patches.</param>
/// <param name="Columns">Columns of patches.</param>
public readonly record struct PatchGrid(int Frames, int Rows, int Columns)
{
    /// <summary>The number of patches.</summary>
    public int Count => checked(Frames * Rows * Columns);
}
