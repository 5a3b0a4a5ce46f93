namespace Fovea.Imaging;

/// <summary>
/// The rules by which the frames of a video are chosen: pure functions that give ascending indices from 0 (which may repeat where a rule says so).
/// Steps are computed in double precision; where the reference passes through a float32 tensor, so does the index.
/// </summary>
public static class FrameSampling
{
    /// <summary>
    /// Evenly spaced from the first to the last frame, cut to integers: LLaVA-OneVision in lmms-eval and PACT with decord, and the original Video-LLaVA.
    /// Frames repeat if more are wanted than there are.
    /// </summary>
    public static int[] Linspace(int total, int count) => Array.ConvertAll(Spaced(total, count), index => (int)index);

    /// <summary>As <see cref="Linspace"/>, at most as many as there are, and always with the last frame: lmms-eval with PyAV.</summary>
    public static int[] LinspaceWithLast(int total, int count)
    {
        var indices = Linspace(total, Math.Min(total, count));
        return indices[^1] == total - 1 ? indices : [.. indices, total - 1];
    }

    /// <summary>
    /// Every n-th frame, about <paramref name="wantedRate"/> in a second; if they are too many, <see cref="Linspace"/>: the repository LLaVA-NeXT.
    /// </summary>
    /// <param name="total">Frames of the video.</param>
    /// <param name="videoRate">Its frames a second.</param>
    /// <param name="wantedRate"><c>video_fps</c>.</param>
    /// <param name="most"><c>frames_upbound</c>; 0 for no limit.</param>
    /// <param name="force"><c>force_sample</c>: always take <paramref name="most"/> frames.</param>
    public static int[] EveryNth(int total, double videoRate, double wantedRate, int most, bool force)
    {
        CheckTotal(total);
        double step = Math.Round(CheckRate(videoRate, nameof(videoRate)) / CheckRate(wantedRate, nameof(wantedRate)), MidpointRounding.ToEven);
        if (step < 1)
        {
            throw new ArgumentException($"A video of {videoRate} frames a second has no {wantedRate} of them.", nameof(wantedRate));
        }

        double taken = Math.Ceiling(total / step);
        return most > 0 && (force || taken > most) ? Linspace(total, most) : [.. Enumerable.Range(0, (int)taken).Select(i => (int)(i * step))];
    }

    /// <summary>The middle frames of equal parts: the demonstration of the repository InternVL, and MVBench there.</summary>
    public static int[] Centred(int total, int count)
    {
        CheckTotal(total);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        double part = (total - 1) / (double)count;
        return [.. Enumerable.Range(0, count).Select(i => (int)((part / 2) + Math.Round(part * i, MidpointRounding.ToEven)))];
    }

    /// <summary>The first frames of equal parts: the base class of transformers (Video-LLaVA, LLaVA-NeXT-Video, LLaVA-OneVision).</summary>
    /// <exception cref="ArgumentException">None or more frames are wanted than there are.</exception>
    public static int[] Even(int total, int count) => Stepped(0, total, CheckCount(total, count));

    /// <summary>As <see cref="Even"/>, half a part later: InternVL in transformers.</summary>
    /// <exception cref="ArgumentException">None or more frames are wanted than there are.</exception>
    public static int[] EvenShifted(int total, int count)
    {
        double step = CheckCount(total, count);
        return Stepped(step / 2, total, step);
    }

    /// <summary>The number of frames of a rate, cut to an integer; it may be 0.</summary>
    public static int CountOfRate(int total, double videoRate, double wantedRate) =>
        (int)Math.Min(total / CheckRate(videoRate, nameof(videoRate)) * CheckRate(wantedRate, nameof(wantedRate)), int.MaxValue);

    /// <summary><see cref="Even"/> with a number rounded to whole temporal patches, half to even: Qwen2-VL and Qwen2.5-VL.</summary>
    /// <exception cref="ArgumentException">None or more frames are wanted than there are.</exception>
    public static int[] Qwen2(int total, int count, int temporalPatch) =>
        Even(total, (int)Math.Round(count / (double)temporalPatch, MidpointRounding.ToEven) * temporalPatch);

    /// <summary>As many frames as the rate gives, within limits, in whole temporal patches: Qwen2-VL and Qwen2.5-VL.</summary>
    /// <exception cref="ArgumentException">The video has fewer frames than a temporal patch.</exception>
    public static int[] Qwen2(int total, double videoRate, double wantedRate, int fewest, int most, int temporalPatch)
    {
        CheckTotal(total);
        double limit = Math.Floor(Math.Min(most, total) / (double)temporalPatch) * temporalPatch;
        double count = total / CheckRate(videoRate, nameof(videoRate)) * CheckRate(wantedRate, nameof(wantedRate));
        count = Math.Min(Math.Min(Math.Max(count, fewest), limit), total);
        return Even(total, (int)(Math.Floor(count / temporalPatch) * temporalPatch));
    }

    /// <summary>Evenly spaced from the first to the last frame, rounded half to even: Qwen3-VL.</summary>
    public static int[] Qwen3(int total, int count) => Array.ConvertAll(Spaced(total, count), index => (int)Math.Round(index, MidpointRounding.ToEven));

    /// <summary>As many frames as the rate gives, within limits: Qwen3-VL.</summary>
    public static int[] Qwen3(int total, double videoRate, double wantedRate, int fewest, int most) =>
        Qwen3(total, Math.Min(Math.Min(Math.Max(CountOfRate(total, videoRate, wantedRate), fewest), most), total));

    private static double[] Spaced(int total, int count)
    {
        CheckTotal(total);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        double step = count > 1 ? (total - 1) / (double)(count - 1) : 0;
        var positions = new double[count];
        for (int i = 0; i < count; i++)
        {
            positions[i] = i * step;
        }

        if (count > 1)
        {
            positions[^1] = total - 1;
        }

        return positions;
    }

    /// <summary>
    /// start, start + step, ... below <paramref name="total"/>, each through float32. Their number is rounded up, so rounding may give one at the end
    /// itself: it is left out.
    /// </summary>
    private static int[] Stepped(double start, int total, double step) =>
    [
        .. Enumerable.Range(0, (int)Math.Ceiling((total - start) / step)).Select(i => (int)(float)(start + (i * step))).Where(index => index < total),
    ];

    private static double CheckCount(int total, int count)
    {
        CheckTotal(total);
        return count >= 1 && count <= total
            ? total / (double)count
            : throw new ArgumentException($"{count} frames cannot be taken from a video of {total}.", nameof(count));
    }

    private static void CheckTotal(int total) => ArgumentOutOfRangeException.ThrowIfLessThan(total, 1);

    private static double CheckRate(double rate, string name) =>
        rate > 0 && double.IsFinite(rate) ? rate : throw new ArgumentException($"A rate of {rate} frames a second does not exist.", name);
}
