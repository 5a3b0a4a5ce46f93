namespace Fovea.Tensors.Kernels;

/// <summary>The kernels specialised for one type of vector.</summary>
internal sealed class LaneKernels<V>(string name, bool isAccelerated) : KernelSet(name, isAccelerated)
    where V : unmanaged, ILanes<V>
{
    internal override void MultiplyTiles(in ProductOperands operands, int start, int end) => MatrixProduct.Tiles<V>(operands, start, end);

    internal override void MultiplyRows(in ProductOperands operands, int start, int end) => MatrixProduct.Rows<V>(operands, start, end);
}
