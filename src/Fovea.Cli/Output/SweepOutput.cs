namespace Fovea.Cli.Output;

/// <summary>Several runs of an evaluation as JSON.</summary>
internal sealed record SweepOutput(IReadOnlyList<RunOutput> Runs);
