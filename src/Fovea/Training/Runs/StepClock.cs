using System.Diagnostics;

namespace Fovea.Training.Runs;

/// <summary>How fast a run is.</summary>
internal sealed class StepClock
{
    private long _started = Stopwatch.GetTimestamp();
    private int _steps;
    private int _samples;
    private long _tokens;

    /// <summary>Counts a step.</summary>
    public void Add(int samples, int tokens) => (_steps, _samples, _tokens) = (_steps + 1, _samples + samples, _tokens + tokens);

    /// <summary>Speeds since the lap before, and begins a new one.</summary>
    public (double SamplesPerSecond, double TokensPerSecond, TimeSpan PerStep) Lap()
    {
        var elapsed = Stopwatch.GetElapsedTime(_started);
        double seconds = Math.Max(elapsed.TotalSeconds, 1e-9);
        var lap = (_samples / seconds, _tokens / seconds, elapsed / Math.Max(1, _steps));
        (_started, _steps, _samples, _tokens) = (Stopwatch.GetTimestamp(), 0, 0, 0);
        return lap;
    }
}
