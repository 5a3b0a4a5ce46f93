namespace Fovea.Tensors.Autograd;

/// <summary>Pooling and resizing of grids [height · width, …] as maps of rows. Both axes are treated alike and independently.</summary>
public static class Resampling
{
    private const double BicubicSharpness = -0.75;

    /// <summary>Means over windows of <paramref name="kernel"/> × <paramref name="kernel"/> side by side; a rest is cut off.</summary>
    public static RowMap AveragePool(int height, int width, int kernel) =>
        Outer(height, width, Windows(height / kernel, i => (i * kernel, (i + 1) * kernel)), Windows(width / kernel, i => (i * kernel, (i + 1) * kernel)));

    /// <summary>Means over cells that cover the grid: cell i of m reaches from ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉.</summary>
    public static RowMap AdaptiveAveragePool(int height, int width, int rows, int columns) =>
        Outer(height, width, Windows(rows, i => Cell(i, height, rows)), Windows(columns, i => Cell(i, width, columns)));

    /// <summary>The nearest number below: source ⌊i·n/m⌋.</summary>
    public static RowMap Nearest(int height, int width, int rows, int columns) =>
        Outer(height, width, Windows(rows, i => One(i, height, rows)), Windows(columns, i => One(i, width, columns)));

    /// <summary>Bilinear with half-pixel centres and clamped borders.</summary>
    public static RowMap Bilinear(int height, int width, int rows, int columns) => Outer(height, width, Taps(height, rows, Linear), Taps(width, columns, Linear));

    /// <summary>Bicubic with a = −0.75, half-pixel centres and clamped borders.</summary>
    public static RowMap Bicubic(int height, int width, int rows, int columns) => Outer(height, width, Taps(height, rows, Cubic), Taps(width, columns, Cubic));

    private static (int From, int To) Cell(int i, int n, int m) => ((int)((long)i * n / m), (int)((((long)(i + 1) * n) + m - 1) / m));

    private static (int From, int To) One(int i, int n, int m)
    {
        int source = Math.Min((int)(i * ((float)n / m)), n - 1);
        return (source, source + 1);
    }

    private static (int Source, double Weight)[][] Windows(int count, Func<int, (int From, int To)> window)
    {
        var axis = new (int, double)[count][];
        for (int i = 0; i < count; i++)
        {
            var (from, to) = window(i);
            axis[i] = [.. Enumerable.Range(from, to - from).Select(source => (source, 1.0 / (to - from)))];
        }

        return axis;
    }

    private static (int Source, double Weight)[][] Taps(int n, int m, Func<double, (int Source, double Weight)[]> taps)
    {
        var axis = new (int, double)[m][];
        for (int i = 0; i < m; i++)
        {
            axis[i] = [.. taps(((i + 0.5) * n / m) - 0.5).Select(tap => (Math.Clamp(tap.Source, 0, n - 1), tap.Weight))];
        }

        return axis;
    }

    private static (int Source, double Weight)[] Linear(double at)
    {
        int below = (int)Math.Floor(at);
        return [(below, 1 - (at - below)), (below + 1, at - below)];
    }

    private static (int Source, double Weight)[] Cubic(double at)
    {
        int below = (int)Math.Floor(at);
        double t = at - below;
        return [(below - 1, Far(1 + t)), (below, Near(t)), (below + 1, Near(1 - t)), (below + 2, Far(2 - t))];

        static double Near(double x) => ((((BicubicSharpness + 2) * x) - (BicubicSharpness + 3)) * x * x) + 1;
        static double Far(double x) => BicubicSharpness * ((((((x - 5) * x) + 8) * x)) - 4);
    }

    private static RowMap Outer(int height, int width, (int Source, double Weight)[][] rows, (int Source, double Weight)[][] columns)
    {
        var entries = new List<IReadOnlyList<(int, float)>>(rows.Length * columns.Length);
        foreach (var row in rows)
        {
            foreach (var column in columns)
            {
                entries.Add([.. row.SelectMany(y => column.Select(x => ((y.Source * width) + x.Source, (float)(y.Weight * x.Weight))))]);
            }
        }

        return RowMap.Of(height * width, entries);
    }
}
