using System.Diagnostics;

namespace Fovea.Benchmarks;

/// <summary>
/// Two actions that follow each other, in turns one or the other first. What counts is the median of the ratios of neighbours, because the machine's speed
/// changes more slowly than that.
/// </summary>
internal sealed class Neighbours
{
    private readonly List<double> _seconds = [];
    private readonly List<double> _ratios = [];

    /// <summary>Pairs measured.</summary>
    public int Count => _ratios.Count;

    /// <summary>Median seconds of the first action.</summary>
    public double Seconds => At(_seconds, 0.5);

    /// <summary>Times both for so many seconds, once at least.</summary>
    public static Neighbours Measure(Action first, Action second, double seconds)
    {
        var pairs = new Neighbours();
        first();
        second();
        long started = Stopwatch.GetTimestamp();
        do
        {
            bool inOrder = pairs.Count % 2 == 0;
            double one = Once(inOrder ? first : second), other = Once(inOrder ? second : first);
            pairs._seconds.Add(inOrder ? one : other);
            pairs._ratios.Add(inOrder ? other / one : one / other);
        }
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds);
        return pairs;
    }

    /// <summary>Time of the second action as a share of the first one's: the quantile of all pairs.</summary>
    public double Ratio(double quantile = 0.5) => At(_ratios, quantile);

    private static double At(List<double> values, double share) => values.Order().ElementAt((int)(share * (values.Count - 1)));

    private static double Once(Action action)
    {
        long started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
