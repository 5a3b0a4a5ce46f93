using System.Runtime.InteropServices;

namespace Fovea.Tensors.Kernels;

/// <summary>What the innermost integer product needs: up to 12 rows, 32 columns and groups of equal length.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IntegerTile
{
    /// <summary>A: [inputs/4][rows][4].</summary>
    public sbyte* A;

    /// <summary>B: for each group the numbers and the scales.</summary>
    public byte* B;

    /// <summary>For each group the scales and the offsets of the rows.</summary>
    public float* RowScales;

    /// <summary>The first row of the sums, to which the products are added.</summary>
    public float* Sums;

    /// <summary>Bytes from one row of the sums to the next.</summary>
    public long Stride;

    /// <summary>Groups, at least one.</summary>
    public long Groups;

    /// <summary>Padded inputs of a group in units of 32, at least one.</summary>
    public long Units;

    /// <summary>1 to 12 rows.</summary>
    public long Rows;

    /// <summary>Whether B holds 4-bit numbers; else 8-bit ones.</summary>
    public bool IsFourBit;
}
