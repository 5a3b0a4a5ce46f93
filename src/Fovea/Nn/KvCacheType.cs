namespace Fovea.Nn;

/// <summary>How the entries of a cache are kept; attention widens them.</summary>
public enum KvCacheType
{
    /// <summary>32-bit floating point: as they are computed.</summary>
    F32,

    /// <summary>bfloat16.</summary>
    BF16,

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>8-bit integers with a scale for each key and value of each head.</summary>
    Int8,
}
