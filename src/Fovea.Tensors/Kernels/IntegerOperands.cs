namespace Fovea.Tensors.Kernels;

/// <summary>
/// C[m, n] = A[m, k] · B[n, k]ᵀ, with integers for B that share a scale along k in groups, and A rounded to integers group by group.
/// </summary>
/// <remarks>
/// The sum of a group is an exact integer; groups are added in order: c ← fma(sum · scale of B, scale of A, c), from zero, then the epilogue follows.
/// </remarks>
internal unsafe struct IntegerOperands
{
    /// <summary>A, rounded: panels of 12 rows, the last one of fewer; of r rows [padded k/4][r][4] signed bytes.</summary>
    public sbyte* A;

    /// <summary>What belongs to A: panels of 12 rows, the last one of fewer; of r rows for each group r scales (f32) and r offsets (i32), with which sums begin.</summary>
    public float* RowScales;

    /// <summary>B, as <see cref="IntegerPanels"/> describes.</summary>
    public byte* B;

    /// <summary>How B is laid out.</summary>
    public IntegerPanels Layout;

    /// <summary>C by rows, <see cref="N"/> apart.</summary>
    public float* C;

    /// <summary>What follows, the bias first.</summary>
    public TileEpilogue Epilogue;

    /// <summary><see cref="IntegerPanels.ScratchBytes"/> for each thread; needed where 4-bit panels are unpacked before use.</summary>
    public byte* Scratch;

    /// <summary>Rows of A and C.</summary>
    public int M;

    /// <summary>Columns of C.</summary>
    public int N;

    /// <summary>Panels of A.</summary>
    public readonly int RowPanels => Panels.Count(M, Panels.Rows);

    /// <summary>Panels of B.</summary>
    public readonly int ColumnPanels => Panels.Count(N, Panels.Columns);
}
