namespace Fovea.Reduction;

/// <summary>How the values of several attention rows become one.</summary>
public enum RowAggregation
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,
}
