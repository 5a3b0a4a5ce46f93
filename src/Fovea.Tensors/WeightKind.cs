namespace Fovea.Tensors;

/// <summary>How the numbers of a packed weight matrix are kept.</summary>
public enum WeightKind
{
    /// <summary>32-bit floating point.</summary>
    F32,

    /// <summary>bfloat16, multiplied in f32: exact for weights that are stored so.</summary>
    BF16,

    /// <summary>IEEE 754 binary16, multiplied in f32: exact for weights that are stored so.</summary>
    F16,

    /// <summary>Signed 8-bit integers with a scale for each group of inputs; inputs are rounded to 8 bits as well, group by group.</summary>
    Int8,

    /// <summary>Signed 4-bit integers with a scale for each group of inputs; inputs are rounded to 8 bits, group by group.</summary>
    Int4,
}
