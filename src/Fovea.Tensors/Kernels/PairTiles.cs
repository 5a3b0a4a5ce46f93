using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>Tiles of a product with 16-bit weights: a block of a panel is widened once for all the rows that it is multiplied with.</summary>
internal unsafe struct PairTiles<V, TPairs>(in ProductOperands operands, int worker) : ITiles
    where V : unmanaged, ILanes<V>
    where TPairs : struct, IPairs
{
    private readonly ProductOperands _p = operands;
    private readonly float* _wide = (float*)(operands.Scratch + (worker * ProductOperands.ScratchBytes));

    public readonly void Panel(int column, int k, int rowPanels) => WidenedPanel.Fill<V, TPairs>(At(column, k), Pairs(k), _wide);

    public readonly void Fetch(int column, int k, int share, int shares) =>
        Prefetch.Share(At(column, k), (long)Pairs(k) * Panels.Columns * sizeof(float), share, shares);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Tile(int row, int column, int k) => MatrixProduct.Tile<V>(_p, _wide, row, column, k);

    private readonly float* At(int column, int k) => _p.PackedB + ((((long)column * _p.Pairs) + (k / 2)) * Panels.Columns);

    private readonly int Pairs(int k) => (Math.Min(MatrixProduct.Block, _p.K - k) + 1) / 2;
}
