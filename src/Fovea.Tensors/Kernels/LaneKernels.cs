namespace Fovea.Tensors.Kernels;

/// <summary>The kernels specialised for one type of vector.</summary>
internal sealed unsafe class LaneKernels<V>(string name, bool isAccelerated) : KernelSet(name, isAccelerated)
    where V : unmanaged, ILanes<V>
{
    internal override void MultiplyTiles(in ProductOperands operands, int start, int end) => MatrixProduct.Tiles<V>(operands, start, end);

    internal override void MultiplyRows(in ProductOperands operands, int start, int end) => MatrixProduct.Rows<V>(operands, start, end);

    internal override void Attend(in AttentionSequence sequence, int head, int first, int rows, ref AttentionScratch scratch) =>
        Attention.Block<V>(sequence, head, first, rows, ref scratch);

    internal override void AttendRows(in AttentionSequence sequence, int head, int* queries, int count, float* destination, ref AttentionScratch scratch) =>
        AttentionProbabilities.Rows<V>(sequence, head, queries, count, destination, ref scratch);

    internal override void AttendReceived(in AttentionSequence sequence, int head, int tile, float* destination, ref AttentionScratch scratch) =>
        AttentionProbabilities.Received<V>(sequence, head, tile, destination, ref scratch);

    internal override void Softmax(float* row, int count) => Kernels.Softmax.Row<V>(row, count);
}
