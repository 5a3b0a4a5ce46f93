namespace Fovea.Tensors.Kernels;

/// <summary>C[m, n] = A[m, k] · B[n, k]ᵀ, with B in panels of 32 columns and A in panels of 12 rows or as it is.</summary>
internal unsafe struct ProductOperands
{
    /// <summary>Bytes of <see cref="Scratch"/> for one thread: a block of a panel in f32.</summary>
    public const int ScratchBytes = MatrixProduct.Block * Panels.Columns * sizeof(float);

    /// <summary>A by rows, <see cref="K"/> apart; read by the kernels for few rows.</summary>
    public float* A;

    /// <summary>A in panels; read by the tiles.</summary>
    public float* PackedA;

    /// <summary>Whether those panels hold pairs of bf16, [k/2][12][2].</summary>
    public bool AreInputsPairs;

    /// <summary>B in panels.</summary>
    public float* PackedB;

    /// <summary>How B is kept: f32, bf16 or f16.</summary>
    public WeightKind Kind;

    /// <summary>C by rows, <see cref="N"/> apart.</summary>
    public float* C;

    /// <summary>What follows, the bias first.</summary>
    public TileEpilogue Epilogue;

    /// <summary><see cref="ScratchBytes"/> for each thread; needed by tiles of 16-bit weights with f32.</summary>
    public byte* Scratch;

    /// <summary>Rows of A and C.</summary>
    public int M;

    /// <summary>Columns of C.</summary>
    public int N;

    /// <summary>Length of the sums.</summary>
    public int K;

    /// <summary>Panels of A.</summary>
    public readonly int RowPanels => Panels.Count(M, Panels.Rows);

    /// <summary>Panels of B.</summary>
    public readonly int ColumnPanels => Panels.Count(N, Panels.Columns);

    /// <summary>Pairs of steps in a panel of 16-bit weights.</summary>
    public readonly int Pairs => (K + 1) / 2;
}
