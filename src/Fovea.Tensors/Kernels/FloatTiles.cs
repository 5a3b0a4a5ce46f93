using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>Tiles of a product with f32 weights.</summary>
internal unsafe struct FloatTiles<V>(in ProductOperands operands, FloatRoutines routines) : ITiles
    where V : unmanaged, ILanes<V>
{
    private readonly ProductOperands _p = operands;
    private readonly FloatRoutines _routines = routines;
    private float* _b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Panel(int column, int k, int rowPanels) => _b = At(column, k);

    public readonly Ahead Next(int column, int k, int share, int shares) =>
        Ahead.Share(At(column, k), (long)Math.Min(MatrixProduct.Block, _p.K - k) * Panels.Columns * sizeof(float), share, shares);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Tile(int row, int column, int k, Ahead ahead) => MatrixProduct.Tile<V>(_p, _routines, _b, TileFormat.Floats, row, column, k, ahead);

    private readonly float* At(int column, int k) => _p.PackedB + ((((long)column * _p.K) + k) * Panels.Columns);
}
