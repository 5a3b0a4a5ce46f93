using System.Globalization;

namespace Fovea.Imaging;

/// <summary>The times that Qwen3-VL writes before the frames of a video.</summary>
public static class FrameTimestamps
{
    /// <summary>The time of each temporal patch in seconds: the mean of its first and last frame. A last frame that is missing is the last one again.</summary>
    /// <param name="indices">The frames that were taken, as indices in the video; at least one.</param>
    /// <param name="framesPerSecond">The rate of the video, &gt; 0.</param>
    /// <param name="framesOfPatch">Frames of a temporal patch.</param>
    /// <exception cref="ArgumentException">There is no frame.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A rate or patch that is not positive.</exception>
    public static double[] Seconds(IReadOnlyList<int> indices, double framesPerSecond, int framesOfPatch = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesPerSecond);
        return Seconds([.. indices.Select(index => index / framesPerSecond)], framesOfPatch);
    }

    /// <summary>The time of each temporal patch in seconds: the mean of its first and last frame. A last frame that is missing is the last one again.</summary>
    /// <param name="times">When each frame was taken, in seconds; at least one.</param>
    /// <param name="framesOfPatch">Frames of a temporal patch.</param>
    /// <exception cref="ArgumentException">There is no frame.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A patch that is not positive.</exception>
    public static double[] Seconds(IReadOnlyList<double> times, int framesOfPatch = 2)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(framesOfPatch);
        if (times.Count == 0)
        {
            throw new ArgumentException("There are no frames.", nameof(times));
        }

        var seconds = new double[(times.Count + framesOfPatch - 1) / framesOfPatch];
        for (int patch = 0; patch < seconds.Length; patch++)
        {
            int first = patch * framesOfPatch, last = Math.Min(first + framesOfPatch, times.Count) - 1;
            seconds[patch] = (times[first] + times[last]) / 2;
        }

        return seconds;
    }

    /// <summary>The text of a time: one decimal, rounded half to even on the exact value, as in <c>&lt;0.2 seconds&gt;</c> for 0.25.</summary>
    public static string Text(double seconds)
    {
        // Only multiples of a quarter can lie in the middle of two tenths, and those are exact in decimal; formatting rounds everything else correctly.
        bool exact = Math.Abs(seconds) < 1e12 && seconds * 4 == Math.Floor(seconds * 4);
        string tenths = exact
            ? Math.Round((decimal)seconds, 1, MidpointRounding.ToEven).ToString("F1", CultureInfo.InvariantCulture)
            : seconds.ToString("F1", CultureInfo.InvariantCulture);
        return $"<{tenths} seconds>";
    }
}
