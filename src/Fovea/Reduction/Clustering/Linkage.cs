namespace Fovea.Reduction.Clustering;

/// <summary>The distance between two groups of points.</summary>
public enum Linkage
{
    /// <summary>Of their nearest points.</summary>
    Single,

    /// <summary>The mean over all pairs (UPGMA).</summary>
    Average,

    /// <summary>Of their farthest points.</summary>
    Complete,
}
