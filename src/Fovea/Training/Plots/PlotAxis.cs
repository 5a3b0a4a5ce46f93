namespace Fovea.Training.Plots;

/// <summary>From values to places on the picture.</summary>
internal sealed class PlotAxis
{
    private const int Ticked = 6;
    private readonly bool _logarithmic;
    private readonly double _low;
    private readonly double _high;
    private readonly double _from;
    private readonly double _to;

    public PlotAxis(IEnumerable<double> values, bool logarithmic, double from, double to)
    {
        _logarithmic = logarithmic;
        (_from, _to) = (from, to);
        double[] scaled = [.. values.Select(Scale)];
        (_low, _high) = scaled.Length == 0 ? (0, 1) : (scaled.Min(), scaled.Max());
        double margin = Math.Max((_high - _low) * 0.04, Math.Abs(_high) * 1e-6);
        margin = margin > 0 ? margin : 1;
        (_low, _high) = (_low - margin, _high + margin);
    }

    public double At(double value) => _from + ((Scale(value) - _low) / (_high - _low) * (_to - _from));

    /// <summary>Round values inside: powers of ten, or 1, 2 or 5 times one.</summary>
    public IEnumerable<double> Ticks()
    {
        if (_logarithmic)
        {
            return Enumerable.Range((int)Math.Ceiling(_low), Math.Max(0, (int)Math.Floor(_high) - (int)Math.Ceiling(_low) + 1)).Select(power => Math.Pow(10, power));
        }

        double step = Math.Pow(10, Math.Floor(Math.Log10((_high - _low) / Ticked)));
        step *= ((_high - _low) / step / Ticked) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
        long first = (long)Math.Ceiling(_low / step), last = (long)Math.Floor(_high / step);
        return Enumerable.Range(0, (int)Math.Clamp(last - first + 1, 0, 100)).Select(i => (first + i) * step);
    }

    private double Scale(double value) => _logarithmic ? Math.Log10(value) : value;
}
