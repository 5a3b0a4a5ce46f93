namespace Fovea.Reduction;

/// <summary>Whose attention is asked for.</summary>
public enum Queries
{
    /// <summary>The last token of the prompt.</summary>
    LastToken,

    /// <summary>Every token behind the last visual token.</summary>
    Instruction,
}
