using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>Tiles of a product with f32 weights.</summary>
internal unsafe struct FloatTiles<V>(in ProductOperands operands) : ITiles
    where V : unmanaged, ILanes<V>
{
    private readonly ProductOperands _p = operands;
    private float* _b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Panel(int column, int k, int rowPanels) => _b = _p.PackedB + ((((long)column * _p.K) + k) * Panels.Columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Tile(int row, int column, int k) => MatrixProduct.Tile<V>(_p, _b, row, column, k);
}
