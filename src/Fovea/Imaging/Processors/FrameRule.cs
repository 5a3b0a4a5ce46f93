namespace Fovea.Imaging.Processors;

/// <summary>How a video processor chooses frames: by number, by rate, and what it asks for on its own.</summary>
internal sealed class FrameRule
{
    private readonly Func<int, int, int[]> _byCount;
    private readonly Func<int, double?, double, int[]> _byRate;

    private FrameRule(FrameRequest standard, Func<int, int, int[]> byCount, Func<int, double?, double, int[]> byRate)
    {
        Default = standard;
        _byCount = byCount;
        _byRate = byRate;
    }

    /// <summary>What the file asks for.</summary>
    public FrameRequest Default { get; }

    /// <summary>The rule of the base class, or with <paramref name="shifted"/> that of InternVL.</summary>
    public static FrameRule Even(ConfigReader config, bool shifted)
    {
        Func<int, int, int[]> byCount = shifted && config.Flag("initial_shift", true) ? FrameSampling.EvenShifted : FrameSampling.Even;
        return new FrameRule(
            Asked(config, samples: false, rate: 0),
            byCount,
            (total, video, wanted) => byCount(total, FrameSampling.CountOfRate(total, Known(video), wanted)));
    }

    /// <summary>The rule of the repository InternVL. It knows no rates; one is turned into a number of frames.</summary>
    public static FrameRule Centred() => new(
        new FrameRequest(),
        FrameSampling.Centred,
        (total, video, wanted) => FrameSampling.Centred(total, Math.Max(1, FrameSampling.CountOfRate(total, Known(video), wanted))));

    /// <summary>The rule of the repository LLaVA-NeXT: a number of frames from the first to the last, or every n-th.</summary>
    public static FrameRule Linspace() => new(
        new FrameRequest(),
        FrameSampling.Linspace,
        (total, video, wanted) => FrameSampling.EveryNth(total, Known(video), wanted, most: 0, force: false));

    public static FrameRule Qwen2(ConfigReader config, int temporalPatch)
    {
        var (fewest, most) = Limits(config);
        return new FrameRule(
            Asked(config, samples: false, rate: 0),
            (total, count) => FrameSampling.Qwen2(total, count, temporalPatch),
            (total, video, wanted) => FrameSampling.Qwen2(total, Known(video), wanted, fewest, most, temporalPatch));
    }

    public static FrameRule Qwen3(ConfigReader config)
    {
        const double UnknownRate = 24;
        var (fewest, most) = Limits(config);
        return new FrameRule(
            Asked(config, samples: true, rate: 2),
            FrameSampling.Qwen3,
            (total, video, wanted) => FrameSampling.Qwen3(total, video ?? UnknownRate, wanted, fewest, most));
    }

    public IReadOnlyList<int> Select(int total, double? videoRate, FrameRequest request)
    {
        if (request.Count > 0)
        {
            return _byCount(total, request.Count);
        }

        return request.FramesPerSecond > 0 ? _byRate(total, videoRate, request.FramesPerSecond) : [.. Enumerable.Range(0, total)];
    }

    private static FrameRequest Asked(ConfigReader config, bool samples, double rate)
    {
        if (!config.Flag("do_sample_frames", samples))
        {
            return new FrameRequest();
        }

        int count = (int)config.Integer("num_frames", 0, 1);
        return new FrameRequest { Count = count, FramesPerSecond = count > 0 ? 0 : config.Number("fps", rate) };
    }

    private static (int Fewest, int Most) Limits(ConfigReader config) => ((int)config.Integer("min_frames", 4), (int)config.Integer("max_frames", 768));

    private static double Known(double? rate) =>
        rate ?? throw new ArgumentException("The frame rate of the video is needed to take frames at a rate, and it is not known.");
}
