namespace Fovea.Tensors.Kernels;

/// <summary>The kernels specialised for one type of vector.</summary>
internal unsafe class LaneKernels<V>(string name, bool isAccelerated) : KernelSet(name, isAccelerated)
    where V : unmanaged, ILanes<V>
{
    /// <summary>Assembled code for products of f32, if there is any.</summary>
    private protected virtual FloatRoutines Routines => default;

    internal override void MultiplyTiles(in ProductOperands operands, int start, int end, int worker) =>
        MatrixProduct.Tiles<V>(operands, Routines, start, end, worker);

    internal override void MultiplyRows(in ProductOperands operands, int start, int end) => MatrixProduct.Rows<V>(operands, start, end);

    internal override void MultiplyIntegers(in IntegerOperands operands, int start, int end, int worker)
    {
        var tiles = new IntegerTiles<V>(operands, this, worker);
        MatrixProduct.Walk(ref tiles, operands.RowPanels, operands.Layout.Inputs, sizeof(sbyte), block: Math.Max(1, operands.Layout.Inputs), start, end);
    }

    internal override void MultiplyIntegerTile(in IntegerTile tile) => IntegerRows.Run<V>(tile);

    internal override void RoundRows(float* source, int rows, in IntegerPanels layout, sbyte* codes, float* scales) =>
        RoundedRows.Run<V>(source, rows, layout, codes, scales);

    internal override void Attend(in AttentionSequence sequence, int head, int first, int rows, ref AttentionScratch scratch) =>
        Attention.Block<V>(sequence, head, first, rows, ref With(Routines, ref scratch));

    internal override void AttendRows(in AttentionSequence sequence, int head, int* queries, int count, float* destination, ref AttentionScratch scratch) =>
        AttentionProbabilities.Rows<V>(sequence, head, queries, count, destination, ref With(Routines, ref scratch));

    internal override void AttendReceived(in AttentionSequence sequence, int head, int tile, float* destination, ref AttentionScratch scratch) =>
        AttentionProbabilities.Received<V>(sequence, head, tile, destination, ref With(Routines, ref scratch));

    internal override void Softmax(float* row, int count) => Kernels.Softmax.Row<V>(row, count);

    internal override void Activate(Activation activation, float* x, int count) => 
        Activations.Apply<V>(activation, new Plane { X = x, Y = x, Destination = x, Rows = 1, Columns = count });

    internal override void Add(float* x, float* y, int count) => Rows.Add<V>(x, y, count);

    internal override void RmsNorm(float* x, float* weight, float* y, int width, float epsilon) => Norms.Rms<V>(x, weight, y, width, epsilon);

    internal override void LayerNorm(float* x, float* weight, float* bias, float* y, int width, float epsilon) =>
        Norms.Layer<V>(x, weight, bias, y, width, epsilon);

    internal override void Rotate(float* x, float* cos, float* sin, int half, int heads) => Rows.Rotate<V>(x, cos, sin, half, heads);

    internal override void Combine(float* source, int width, int* columns, float* weights, int entries, float* destination) =>
        Rows.Combine<V>(source, width, columns, weights, entries, destination);

    private static ref AttentionScratch With(FloatRoutines routines, ref AttentionScratch scratch)
    {
        scratch.Routines = routines;
        return ref scratch;
    }
}
