namespace Fovea.Training.Scaling;

/// <summary>A model size and a number of visual tokens.</summary>
/// <param name="ParamsBillion">N in 10^9.</param>
/// <param name="VisualTokens">V.</param>
/// <param name="Error">The law's error there.</param>
public readonly record struct ComputeChoice(double ParamsBillion, double VisualTokens, double Error)
{
    /// <summary>What a picture with a text costs: 2·N·(Q + V) operations of the language model, in 10^9.</summary>
    /// <param name="textTokens">Q: text tokens that are computed; 0 where their keys and values are cached.</param>
    public double GigaFlops(double textTokens) => 2 * ParamsBillion * (textTokens + VisualTokens);
}
