using Fovea.Training.Scaling;

namespace Fovea.Cli.Output;

/// <summary>The fits of one group of points, as JSON.</summary>
internal sealed record ScalingFitOutput
{
    public required string Group { get; init; }

    public required int Points { get; init; }

    public required ScalingLaw Law { get; init; }

    public required double SquaredError { get; init; }

    public required FitQuality Quality { get; init; }

    public required ScalingIntervalOutput? Interval { get; init; }

    public required ScalingLaw Grid { get; init; }

    public required double GridSquaredError { get; init; }

    public required FitQuality GridQuality { get; init; }

    /// <summary>Axes on whose end the grid's best point lies.</summary>
    public required IReadOnlyList<string> GridEdges { get; init; }

    public required LogLinearLaw LogLinear { get; init; }

    /// <summary>Fits one group.</summary>
    public static ScalingFitOutput Of(string group, IReadOnlyList<ScalingPoint> points, int draws, ulong seed, CancellationToken cancellation)
    {
        var law = ContinuousFit.Of(points);
        var grid = new GridFit();
        var best = grid.Best(points, 1)[0];
        var interval = draws == 0 ? null : BootstrapInterval.Of(points, draws, seed: seed, cancellation: cancellation);
        return new ScalingFitOutput
        {
            Group = group,
            Points = points.Count,
            Law = law,
            SquaredError = law.SquaredError(points),
            Quality = FitQuality.Of(law, points),
            Interval = interval is null ? null : new ScalingIntervalOutput(interval.Lower, interval.Upper, interval.Ratio.Lower, interval.Ratio.Upper),
            Grid = best.Law,
            GridSquaredError = best.SquaredError,
            GridQuality = FitQuality.Of(best.Law, points),
            GridEdges = grid.Edges(best),
            LogLinear = LogLinearLaw.Of(points),
        };
    }
}
