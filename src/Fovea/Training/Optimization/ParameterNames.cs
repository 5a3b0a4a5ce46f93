namespace Fovea.Training.Optimization;

/// <summary>What the stored name of a parameter says about how it is trained.</summary>
public static class ParameterNames
{
    /// <summary>Whether weight decay applies: not to anything with "bias" in its name, nor to the weights of norms, which alone are vectors.</summary>
    /// <param name="name">The name in the checkpoint.</param>
    /// <param name="rank">Number of extents.</param>
    public static bool Decays(string name, int rank) => rank > 1 && !name.Contains("bias", StringComparison.Ordinal);

    /// <summary>Whether the parameter belongs to the projector, in the original or in the Hugging Face layout.</summary>
    public static bool IsProjector(string name) =>
        name.Contains("mm_projector.", StringComparison.Ordinal) || name.Contains("multi_modal_projector.", StringComparison.Ordinal);
}
