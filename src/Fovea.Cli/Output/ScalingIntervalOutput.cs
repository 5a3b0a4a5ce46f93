using Fovea.Training.Scaling;

namespace Fovea.Cli.Output;

/// <summary>Where 95 % of the samples lie, as JSON.</summary>
internal sealed record ScalingIntervalOutput(ScalingLaw Lower, ScalingLaw Upper, double RatioLower, double RatioUpper);
