namespace Fovea.Training.Plots;

/// <summary>One line of a plot.</summary>
/// <param name="Name">Its name in the legend; empty = not there.</param>
/// <param name="Points">(x, y) from left to right; those that are not finite are left out.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>Whether the points are joined.</summary>
    public bool Line { get; init; } = true;

    /// <summary>Whether the line is broken.</summary>
    public bool Dashed { get; init; }

    /// <summary>Whether each point has a dot.</summary>
    public bool Dots { get; init; }

    /// <summary>Which colour of the palette; series of one colour belong together.</summary>
    public int Color { get; init; }
}
