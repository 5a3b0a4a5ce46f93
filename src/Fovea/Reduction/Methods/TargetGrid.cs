namespace Fovea.Reduction.Methods;

/// <summary>How a budget becomes rows and columns of a smaller grid.</summary>
internal static class TargetGrid
{
    /// <summary>The grid, whose tokens must all be there in raster order.</summary>
    /// <exception cref="ArgumentException">Some are missing.</exception>
    public static (int Rows, int Columns) Whole(ReductionContext context, string method)
    {
        var grid = context.Geometry.Grids[context.Geometry[0].Grid];
        return grid.Rows * grid.Columns == context.Count
            ? (grid.Rows, grid.Columns)
            : throw new ArgumentException($"The method {method} needs whole grids; of the {grid.Rows} x {grid.Columns} grid at {context.Stage} there are {context.Count} tokens. Put it before other reductions.");
    }

    /// <summary>The largest grid of at most <paramref name="keep"/> tokens with about the proportions of the whole.</summary>
    public static (int Rows, int Columns) Fit(int rows, int columns, int keep)
    {
        int targetRows = Math.Clamp((int)Math.Sqrt((double)keep * rows / columns), 1, Math.Min(rows, keep));
        int targetColumns = Math.Clamp(keep / targetRows, 1, columns);
        return (Math.Clamp(keep / targetColumns, 1, rows), targetColumns);
    }

    /// <summary>Checks a target option.</summary>
    /// <exception cref="ArgumentException">Not two positive numbers.</exception>
    public static void Check(IReadOnlyList<int>? target)
    {
        if (target is not null && (target.Count != 2 || target.Any(side => side < 1)))
        {
            throw new ArgumentException($"target is [{string.Join(", ", target)}]; it is two numbers of at least 1, rows and columns.");
        }
    }
}
