namespace Fovea.Cli.Output;

/// <summary>What one method did at one stage, as JSON.</summary>
internal sealed record StageOutput(string Stage, string Method, int Before, int After, double Ms, string Note);
