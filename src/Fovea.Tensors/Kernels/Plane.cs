namespace Fovea.Tensors.Kernels;

/// <summary>Rows of two operands and of a result, which may be one of them.</summary>
internal unsafe struct Plane
{
    /// <summary>The first operand.</summary>
    public float* X;

    /// <summary>Numbers from one of its rows to the next.</summary>
    public long StrideOfX;

    /// <summary>The second operand.</summary>
    public float* Y;

    /// <summary>Numbers from one of its rows to the next; 0 = one row for all.</summary>
    public long StrideOfY;

    /// <summary>The result.</summary>
    public float* Destination;

    /// <summary>Numbers from one of its rows to the next.</summary>
    public long Stride;

    /// <summary>How many rows.</summary>
    public int Rows;

    /// <summary>Numbers of a row.</summary>
    public int Columns;
}
