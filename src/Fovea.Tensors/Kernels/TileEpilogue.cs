namespace Fovea.Tensors.Kernels;

/// <summary>What becomes of the finished sums of a product, tile by tile, while they are in the cache: bias and scale come first, then this is done.</summary>
internal unsafe struct TileEpilogue
{
    /// <summary>One number a column, or null.</summary>
    public float* Bias;

    /// <summary>One factor a column, or null.</summary>
    public float* Scale;

    /// <summary>What is done.</summary>
    public EpilogueKind Kind;

    /// <summary>f, where there is one.</summary>
    public Activation Function;

    /// <summary>[m, n]: the gate, or what the sums are added to.</summary>
    public float* Other;

    /// <summary>Whether sums end up elsewhere than where they were made.</summary>
    public readonly bool Moves => Kind == EpilogueKind.Add;

    /// <summary>Treats the sums of some rows and columns.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="stride">Numbers from one row of them to the next.</param>
    /// <param name="n">Columns of the whole product.</param>
    /// <param name="row">The first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="column">The first column.</param>
    /// <param name="columns">How many.</param>
    public readonly void Apply<V>(float* sums, long stride, long n, int row, int rows, int column, int columns)
        where V : unmanaged, ILanes<V>
    {
        var plane = new Plane { X = sums, StrideOfX = stride, Y = Bias + column, Destination = sums, Stride = stride, Rows = rows, Columns = columns };
        if (Bias != null)
        {
            Pointwise.Apply<V, MatrixSums.Sum>(plane, default);
        }

        if (Scale != null)
        {
            plane.Y = Scale + column;
            Pointwise.Apply<V, MatrixSums.Product>(plane, default);
        }

        plane.Y = sums;
        plane.StrideOfY = stride;
        float* other = Other + (row * n) + column;
        switch (Kind)
        {
            case EpilogueKind.Activate:
                Activations.Apply<V>(Function, plane);
                break;
            case EpilogueKind.Gate:
                plane.X = other;
                plane.StrideOfX = n;
                Activations.ApplyGated<V>(Function, plane);
                break;
            case EpilogueKind.Add:
                plane.X = plane.Destination = other;
                plane.StrideOfX = plane.Stride = n;
                Pointwise.Apply<V, MatrixSums.Sum>(plane, default);
                break;
        }
    }
}
