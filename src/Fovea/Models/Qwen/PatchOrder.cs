using Fovea.Imaging;

namespace Fovea.Models.Qwen;

/// <summary>The order of patches in the stream of the Qwen encoders: frame by frame, merged tokens in raster order, the patches of one merged token together.</summary>
internal static class PatchOrder
{
    /// <summary>Row and column of every patch of one frame.</summary>
    public static (int Row, int Column)[] OfFrame(PatchGrid grid, int merge)
    {
        var places = new (int, int)[grid.Rows * grid.Columns];
        int next = 0;
        for (int top = 0; top < grid.Rows; top += merge)
        {
            for (int left = 0; left < grid.Columns; left += merge)
            {
                for (int i = 0; i < merge * merge; i++)
                {
                    places[next++] = (top + (i / merge), left + (i % merge));
                }
            }
        }

        return places;
    }

    /// <summary>Where each frame begins, and the end of the last.</summary>
    public static int[] FrameOffsets(IReadOnlyList<PatchGrid> grids)
    {
        var offsets = new List<int> { 0 };
        foreach (var grid in grids)
        {
            for (int frame = 0; frame < grid.Frames; frame++)
            {
                offsets.Add(offsets[^1] + (grid.Rows * grid.Columns));
            }
        }

        return [.. offsets];
    }
}
