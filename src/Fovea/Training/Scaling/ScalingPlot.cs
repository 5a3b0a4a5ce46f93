using System.Globalization;
using Fovea.Training.Plots;

namespace Fovea.Training.Scaling;

/// <summary>Plots of a fit, after figures 1 and 2 of arXiv 2411.03312.</summary>
public static class ScalingPlot
{
    private const int CurvePoints = 50;

    /// <summary>Error against operations: a curve for each model size from the fewest to the most measured tokens, its measurements, and the best that any size reaches.</summary>
    /// <param name="points">The measurements.</param>
    /// <param name="law">The fit.</param>
    /// <param name="textTokens">Q: text tokens that are computed.</param>
    public static LinePlot Compute(IReadOnlyList<ScalingPoint> points, ScalingLaw law, double textTokens)
    {
        double fewest = points.Min(point => point.VisualTokens), most = points.Max(point => point.VisualTokens);
        var series = new List<PlotSeries>();
        var costs = new List<double>();
        foreach (var (size, color) in points.Select(point => point.ParamsBillion).Distinct().Order().Select((size, i) => (size, i)))
        {
            (double, double) At(double tokens, double error) => (new ComputeChoice(size, tokens, error).GigaFlops(textTokens), error);
            var measured = points.Where(point => point.ParamsBillion == size).Select(point => At(point.VisualTokens, point.Error)).Order().ToArray();
            var curve = Enumerable.Range(0, CurvePoints).Select(i => fewest * Math.Pow(most / fewest, i / (CurvePoints - 1.0))).Select(tokens => At(tokens, law.Error(size, tokens)));
            series.Add(new PlotSeries(string.Create(CultureInfo.InvariantCulture, $"{size} B parameters"), [.. curve]) { Color = color });
            series.Add(new PlotSeries("", measured) { Color = color, Line = false, Dots = true });
            costs.AddRange(measured.Select(point => point.Item1));
        }

        double low = costs.Min(), high = costs.Max();
        var best = Enumerable.Range(0, CurvePoints).Select(i => low * Math.Pow(high / low, i / (CurvePoints - 1.0)))
            .Select(budget => (budget, new ComputePlan(law, textTokens, budget).Continuous(fewest, most).Error));
        series.Add(new PlotSeries("best at any size", [.. best]) { Color = 7, Dashed = true });
        return new LinePlot { Title = $"Error against compute, {textTokens} text tokens", XLabel = "operations of the language model, 10^9", YLabel = "error", LogarithmicX = true, Series = series };
    }

    /// <summary>Error against visual tokens: for each model size the measurements and the law, and the law for sizes beyond the measured ones.</summary>
    /// <param name="points">The measurements.</param>
    /// <param name="law">The fit.</param>
    /// <param name="furtherSizesBillion">Sizes to predict.</param>
    public static LinePlot Prediction(IReadOnlyList<ScalingPoint> points, ScalingLaw law, IReadOnlyList<double> furtherSizesBillion)
    {
        double[] tokens = [.. points.Select(point => point.VisualTokens).Distinct().Order()];
        var series = new List<PlotSeries>();
        foreach (var (size, color) in points.Select(point => point.ParamsBillion).Concat(furtherSizesBillion).Distinct().Order().Select((size, i) => (size, i)))
        {
            var measured = points.Where(point => point.ParamsBillion == size).Select(point => (point.VisualTokens, point.Error)).Order().ToArray();
            series.Add(new PlotSeries(string.Create(CultureInfo.InvariantCulture, $"{size} B{(measured.Length == 0 ? ", predicted" : "")}"), [.. tokens.Select(count => (count, law.Error(size, count)))])
            {
                Color = color,
                Dashed = measured.Length == 0,
            });
            series.Add(new PlotSeries("", measured) { Color = color, Line = false, Dots = true });
        }

        return new LinePlot { Title = "Error against visual tokens", XLabel = "visual tokens", YLabel = "error", LogarithmicX = true, Series = series };
    }
}
