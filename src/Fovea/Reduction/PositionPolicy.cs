namespace Fovea.Reduction;

/// <summary>Which positions the tokens have after a reduction.</summary>
public enum PositionPolicy
{
    /// <summary>Every token keeps the position it had in the whole prompt; a merged one has its representative's.</summary>
    Keep,

    /// <summary>Positions run on without gaps.</summary>
    Renumber,

    /// <summary>Positions of the prompt run on without gaps; generated tokens go on behind the unreduced prompt.</summary>
    RenumberPrompt,
}
