using Fovea.Tensors.ElementTypes;

namespace Fovea.Training.Scaling;

/// <summary>Where a fit's parameters lie when the points are drawn anew with replacement: percentiles of each parameter (Efron, Ann. Statist. 7, 1979).</summary>
/// <param name="Lower">The lower end for each parameter.</param>
/// <param name="Upper">The upper end for each parameter.</param>
/// <param name="Ratio">Ends for b / c, which the data determine better than either.</param>
public sealed record BootstrapInterval(ScalingLaw Lower, ScalingLaw Upper, (double Lower, double Upper) Ratio)
{
    /// <summary>Fits <paramref name="draws"/> samples. Deterministic for a seed; samples that do not determine the law are drawn again.</summary>
    /// <param name="points">The measurements.</param>
    /// <param name="draws">At least 2.</param>
    /// <param name="confidence">The share of the samples inside, above 0 and below 1.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="cancellation">Stops between two samples.</param>
    /// <exception cref="ArgumentException">The points do not determine the law.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Too few draws, or no such confidence.</exception>
    public static BootstrapInterval Of(IReadOnlyList<ScalingPoint> points, int draws = 1000, double confidence = 0.95, ulong seed = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 2);
        if (!(confidence > 0 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence lies between 0 and 1.");
        }

        _ = ContinuousFit.Of(points);
        var random = new SplitMix64(seed);
        var laws = new List<ScalingLaw>(draws);
        var sample = new ScalingPoint[points.Count];
        for (int attempt = 0; laws.Count < draws && attempt < 10 * draws; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < sample.Length; i++)
            {
                sample[i] = points[random.NextBelow(points.Count)];
            }

            try
            {
                laws.Add(ContinuousFit.Of(sample));
            }
            catch (ArgumentException)
            {
                // The same points drawn over and over do not determine the law; the next sample may.
            }
        }

        if (laws.Count < draws)
        {
            throw new ArgumentException($"Only {laws.Count} of {10 * draws} samples of the {points.Count} points determine the law; leave the intervals out.", nameof(points));
        }

        (double Lower, double Upper) Ends(Func<ScalingLaw, double> parameter)
        {
            double[] sorted = [.. laws.Select(parameter).Order()];
            int outside = (int)((1 - confidence) / 2 * sorted.Length);
            return (sorted[outside], sorted[^(outside + 1)]);
        }

        var (a, b, c, d) = (Ends(law => law.A), Ends(law => law.B), Ends(law => law.C), Ends(law => law.D));
        return new BootstrapInterval(new ScalingLaw(a.Lower, b.Lower, c.Lower, d.Lower), new ScalingLaw(a.Upper, b.Upper, c.Upper, d.Upper), Ends(law => law.B / law.C));
    }
}
