namespace Fovea.Reduction;

/// <summary>How a kept share becomes a count; each method's source has its own way.</summary>
public enum RatioRounding
{
    /// <summary>To nearest, halves to even.</summary>
    HalfEven,

    /// <summary>Towards zero, of the product in double precision.</summary>
    Truncate,
}
