namespace Fovea.Training.Optimization;

/// <summary>The learning rate of every optimizer step: a straight rise from zero, then a fall.</summary>
public sealed record LearningRateSchedule
{
    /// <summary>How the rate falls after the warm-up.</summary>
    public ScheduleKind Kind { get; init; } = ScheduleKind.Cosine;

    /// <summary>The highest rate.</summary>
    public required double Peak { get; init; }

    /// <summary>Steps of the whole run.</summary>
    public required int Steps { get; init; }

    /// <summary>Steps of the rise. The first of them has the rate zero.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>A schedule whose warm-up is a share of the steps, rounded up.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A share outside [0, 1], or fewer than one step.</exception>
    public static LearningRateSchedule WithWarmup(ScheduleKind kind, double peak, int steps, double ratio)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (!(ratio is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(ratio), ratio, "A share lies between 0 and 1.");
        }

        return new LearningRateSchedule { Kind = kind, Peak = peak, Steps = steps, WarmupSteps = (int)Math.Ceiling(steps * ratio) };
    }

    /// <summary>Optimizer steps of a run: ⌊⌈samples / (batch · devices)⌉ / accumulation⌋ · epochs, at least one.</summary>
    /// <param name="samples">Samples of an epoch.</param>
    /// <param name="batch">Samples of a micro-batch on one device.</param>
    /// <param name="accumulation">Micro-batches of a step.</param>
    /// <param name="epochs">Passes over the samples.</param>
    /// <param name="devices">Devices that share a step.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument below one.</exception>
    public static int StepsOf(long samples, int batch, int accumulation, double epochs, int devices = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(accumulation, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(devices, 1);
        long loaded = (long)batch * devices, batches = (samples + loaded - 1) / loaded;
        return checked((int)Math.Ceiling(Math.Max(batches / accumulation, 1) * epochs));
    }

    /// <summary>The rate that step <paramref name="step"/> uses, from 0.</summary>
    public double At(int step)
    {
        if (step < WarmupSteps)
        {
            return Peak * step / Math.Max(1, WarmupSteps);
        }

        int span = Math.Max(1, Steps - WarmupSteps);
        double progress = (double)(step - WarmupSteps) / span;
        return Kind switch
        {
            ScheduleKind.Cosine => Peak * Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * progress))),
            ScheduleKind.Linear => Peak * Math.Max(0, 1 - progress),
            _ => Peak,
        };
    }
}
