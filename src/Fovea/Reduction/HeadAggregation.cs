namespace Fovea.Reduction;

/// <summary>How the values of the attention heads become one.</summary>
public enum HeadAggregation
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The largest.</summary>
    Max,
}
