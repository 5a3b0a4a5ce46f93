namespace Fovea.Imaging;

/// <summary>
/// The order in which the encoder of Qwen2.5-VL sees the merged tokens: window by window, each in raster order. Windows at the right and lower edge are
/// smaller; none is empty.
/// </summary>
/// <param name="Order">For each place, the index of the merged token there; [merged tokens].</param>
/// <param name="Offsets">Where each window begins, in patches (merged tokens times merge²), and the end of the last; ascending from 0.</param>
public sealed record EncoderWindows(IReadOnlyList<int> Order, IReadOnlyList<int> Offsets)
{
    /// <summary>Computes the order for pictures and videos that lie one after the other.</summary>
    /// <param name="grids">Their grids of patches; rows and columns are multiples of <paramref name="merge"/>.</param>
    /// <param name="windowSize">The side of a window in pixels.</param>
    /// <param name="patch">The side of a patch in pixels.</param>
    /// <param name="merge">The side of a merged token in patches.</param>
    /// <exception cref="ArgumentException">A window does not hold one merged token, or a grid is not made of merged tokens.</exception>
    public static EncoderWindows Compute(IEnumerable<PatchGrid> grids, int windowSize, int patch, int merge)
    {
        int side = patch > 0 && merge > 0 ? windowSize / merge / patch : 0;
        if (side < 1)
        {
            throw new ArgumentException($"A window of {windowSize} pixels holds no token of {merge} patches of {patch}.", nameof(windowSize));
        }

        var order = new List<int>();
        var offsets = new List<int> { 0 };
        foreach (var grid in grids)
        {
            if (grid.Rows % merge != 0 || grid.Columns % merge != 0)
            {
                throw new ArgumentException($"A grid of {grid.Rows} x {grid.Columns} patches is not made of tokens of {merge} x {merge}.", nameof(grids));
            }

            int rows = grid.Rows / merge, columns = grid.Columns / merge;
            for (int frame = 0; frame < grid.Frames; frame++)
            {
                int first = order.Count;
                for (int top = 0; top < rows; top += side)
                {
                    for (int left = 0; left < columns; left += side)
                    {
                        AddWindow(order, first, columns, (top, Math.Min(top + side, rows)), (left, Math.Min(left + side, columns)));
                        offsets.Add(order.Count * merge * merge);
                    }
                }
            }
        }

        return new EncoderWindows(order, offsets);
    }

    private static void AddWindow(List<int> order, int first, int columns, (int Start, int End) y, (int Start, int End) x)
    {
        for (int row = y.Start; row < y.End; row++)
        {
            for (int column = x.Start; column < x.End; column++)
            {
                order.Add(first + (row * columns) + column);
            }
        }
    }
}
