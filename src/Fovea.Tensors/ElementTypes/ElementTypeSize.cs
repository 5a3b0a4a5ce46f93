namespace Fovea.Tensors.ElementTypes;

/// <summary>Sizes of the element types.</summary>
public static class ElementTypeSize
{
    /// <summary>Bytes of one element: 1, 2, 4 or 8.</summary>
    public static int Bytes(this ElementType type) => type switch
    {
        ElementType.F32 or ElementType.I32 or ElementType.U32 => 4,
        ElementType.F16 or ElementType.BF16 or ElementType.I16 or ElementType.U16 => 2,
        ElementType.F64 or ElementType.I64 or ElementType.U64 => 8,
        ElementType.U8 or ElementType.I8 or ElementType.Bool or ElementType.F8E4M3 or ElementType.F8E5M2 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown element type."),
    };
}
