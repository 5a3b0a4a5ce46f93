namespace Fovea.Tensors.ElementTypes;

/// <summary>The type of one stored number. The names are those of the safetensors format.</summary>
public enum ElementType
{
    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary16.</summary>
    F16,

    /// <summary>The upper half of a binary32.</summary>
    BF16,

    /// <summary>Signed 64-bit integer.</summary>
    I64,

    /// <summary>Signed 32-bit integer.</summary>
    I32,

    /// <summary>Unsigned 8-bit integer.</summary>
    U8,

    /// <summary>Signed 8-bit integer.</summary>
    I8,

    /// <summary>IEEE 754 binary64.</summary>
    F64,

    /// <summary>Unsigned 64-bit integer.</summary>
    U64,

    /// <summary>Unsigned 32-bit integer.</summary>
    U32,

    /// <summary>Signed 16-bit integer.</summary>
    I16,

    /// <summary>Unsigned 16-bit integer.</summary>
    U16,

    /// <summary>A truth value in one byte: 0 or 1; "BOOL".</summary>
    Bool,

    /// <summary>Eight bits, 4 of them exponent, finite and NaN only; "F8_E4M3".</summary>
    F8E4M3,

    /// <summary>Eight bits, 5 of them exponent; "F8_E5M2".</summary>
    F8E5M2,
}
