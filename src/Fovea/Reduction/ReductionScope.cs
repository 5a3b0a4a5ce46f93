namespace Fovea.Reduction;

/// <summary>Which tokens a method decides about together. A count budget is shared between the groups in proportion to their sizes.</summary>
public enum ReductionScope
{
    /// <summary>All visual tokens of the prompt.</summary>
    Prompt,

    /// <summary>Each tile of each image by itself.</summary>
    Tile,
}
