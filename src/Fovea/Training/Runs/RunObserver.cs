namespace Fovea.Training.Runs;

/// <summary>Who looks on while a run goes on.</summary>
public sealed class RunObserver
{
    /// <summary>Is told each line of metrics, and how long the rest will take at the speed of late.</summary>
    public Action<RunMetrics, TimeSpan> Metrics { get; init; } = (_, _) => { };

    /// <summary>Is told in a sentence what else happened.</summary>
    public Action<string> Note { get; init; } = _ => { };
}
