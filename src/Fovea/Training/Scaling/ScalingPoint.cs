namespace Fovea.Training.Scaling;

/// <summary>One measurement: how wrong a model of some size is with some number of visual tokens.</summary>
/// <param name="ParamsBillion">N: parameters of the language model in 10^9, above 0.</param>
/// <param name="VisualTokens">V: visual tokens of a picture, above 0.</param>
/// <param name="Error">Y: 1 − score, a fraction.</param>
public readonly record struct ScalingPoint(double ParamsBillion, double VisualTokens, double Error);
