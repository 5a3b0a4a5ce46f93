namespace Fovea.Cli.Output;

/// <summary>A model size, a number of visual tokens, and what the law says of them, as JSON.</summary>
/// <param name="Group">The group of points the law was fitted to.</param>
/// <param name="Kind">How the pair was found.</param>
/// <param name="ParamsBillion">N in 10^9.</param>
/// <param name="VisualTokens">V.</param>
/// <param name="Error">The law's error.</param>
/// <param name="GigaFlops">2 N (Q + V) in 10^9.</param>
internal sealed record ScalingChoiceOutput(string Group, string Kind, double ParamsBillion, double VisualTokens, double Error, double GigaFlops);
