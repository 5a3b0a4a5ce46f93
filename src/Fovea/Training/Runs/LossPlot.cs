using Fovea.Training.Plots;

namespace Fovea.Training.Runs;

/// <summary>The losses of a run as a picture that is never seen half written.</summary>
internal static class LossPlot
{
    // More points than pixels show nothing more.
    private const int MostPoints = 500;

    public static void Write(string path, IReadOnlyList<RunMetrics> metrics)
    {
        var trained = new PlotSeries("trained", Thinned(metrics, line => line.Loss));
        var held = new PlotSeries("held out", Thinned(metrics, line => line.EvalLoss)) { Color = 1, Dots = true };
        var plot = new LinePlot
        {
            Title = "Loss",
            XLabel = "step",
            YLabel = "mean loss of a label",
            Series = [.. new[] { trained, held }.Where(series => series.Points.Count > 0)],
        };
        string partial = path + ".partial";
        File.WriteAllText(partial, plot.ToSvg());
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Means over groups of neighbours.</summary>
    private static List<(double X, double Y)> Thinned(IReadOnlyList<RunMetrics> metrics, Func<RunMetrics, double?> value)
    {
        var points = metrics.Where(line => value(line) is not null).Select(line => (X: (double)line.Step, Y: value(line) ?? 0)).ToList();
        int group = Math.Max(1, (points.Count + MostPoints - 1) / MostPoints);
        return [.. points.Chunk(group).Select(part => (part.Average(point => point.X), part.Average(point => point.Y)))];
    }
}
