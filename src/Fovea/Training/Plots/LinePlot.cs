using System.Globalization;
using System.Text;

namespace Fovea.Training.Plots;

/// <summary>Lines over two axes, as SVG without scripts or outside references.</summary>
public sealed record LinePlot
{
    private const int Width = 760, Height = 460, Left = 72, Right = 180, Top = 40, Bottom = 56;
    private static readonly string[] Palette = ["#1f5fa8", "#c8501e", "#2b8a4b", "#7a3fa0", "#a08010", "#b0305a", "#148c94", "#555555"];

    /// <summary>What stands above.</summary>
    public required string Title { get; init; }

    /// <summary>What x is.</summary>
    public required string XLabel { get; init; }

    /// <summary>What y is.</summary>
    public required string YLabel { get; init; }

    /// <summary>Whether x is logarithmic; points with x ≤ 0 are then left out.</summary>
    public bool LogarithmicX { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<PlotSeries> Series { get; init; }

    /// <summary>Draws the plot.</summary>
    public string ToSvg()
    {
        var points = Series.SelectMany(Drawn).ToArray();
        var x = new PlotAxis(points.Select(point => point.X), LogarithmicX, Left, Width - Right);
        var y = new PlotAxis(points.Select(point => point.Y), false, Height - Bottom, Top);
        var svg = new StringBuilder();
        svg.Append(Invariant($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n"));
        svg.Append(Invariant($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n"));
        Label(svg, Left, Top - 16, Title, "start", "font-weight=\"bold\"");
        foreach (double tick in x.Ticks())
        {
            svg.Append(Invariant($"<path d=\"M{x.At(tick):F1} {Top}V{Height - Bottom}\" stroke=\"#e4e4e4\"/>\n"));
            Label(svg, x.At(tick), Height - Bottom + 18, Number(tick), "middle");
        }

        foreach (double tick in y.Ticks())
        {
            svg.Append(Invariant($"<path d=\"M{Left} {y.At(tick):F1}H{Width - Right}\" stroke=\"#e4e4e4\"/>\n"));
            Label(svg, Left - 8, y.At(tick) + 4, Number(tick), "end");
        }

        Label(svg, (Left + Width - Right) / 2.0, Height - 14, XLabel, "middle");
        Label(svg, 0, 0, YLabel, "middle", Invariant($"transform=\"translate(18 {(Top + Height - Bottom) / 2.0}) rotate(-90)\""));
        int legend = Top + 8;
        foreach (var series in Series)
        {
            legend = Draw(svg, series, x, y, legend);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private IEnumerable<(double X, double Y)> Drawn(PlotSeries series) =>
        series.Points.Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y) && (!LogarithmicX || point.X > 0));

    private int Draw(StringBuilder svg, PlotSeries series, PlotAxis x, PlotAxis y, int legend)
    {
        string color = Palette[series.Color % Palette.Length], dash = series.Dashed ? " stroke-dasharray=\"5 4\"" : "";
        var places = Drawn(series).Select(point => (X: x.At(point.X), Y: y.At(point.Y))).ToArray();
        if (series.Line && places.Length > 1)
        {
            svg.Append(Invariant($"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"1.8\"{dash} points=\""));
            svg.AppendJoin(' ', places.Select(place => Invariant($"{place.X:F1},{place.Y:F1}"))).Append("\"/>\n");
        }

        foreach (var (cx, cy) in series.Dots ? places : [])
        {
            svg.Append(Invariant($"<circle cx=\"{cx:F1}\" cy=\"{cy:F1}\" r=\"3\" fill=\"{color}\"/>\n"));
        }

        if (series.Name.Length == 0)
        {
            return legend;
        }

        svg.Append(Invariant($"<path d=\"M{Width - Right + 12} {legend}h22\" stroke=\"{color}\" stroke-width=\"2\"{dash}/>\n"));
        Label(svg, Width - Right + 40, legend + 4, series.Name, "start");
        return legend + 18;
    }

    private static void Label(StringBuilder svg, double x, double y, string text, string anchor, string more = "") =>
        svg.Append(Invariant($"<text x=\"{x:F1}\" y=\"{y:F1}\" text-anchor=\"{anchor}\" {more}>")).Append(System.Net.WebUtility.HtmlEncode(text)).Append("</text>\n");

    private static string Number(double value) => Math.Abs(value) is >= 10_000 or (> 0 and < 0.001)
        ? value.ToString("0.##E+0", CultureInfo.InvariantCulture)
        : value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
