using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// Tiles of a product with 16-bit weights: a block of a panel is widened once for all the rows that it is multiplied with, unless those are pairs as well.
/// </summary>
internal unsafe struct PairTiles<V, TPairs>(in ProductOperands operands, FloatRoutines routines, int worker) : ITiles
    where V : unmanaged, ILanes<V>
    where TPairs : struct, IPairs
{
    // From so many tiles on it pays to widen a panel once for all of them, even for code that can read pairs.
    private const int WorthWidening = 3;

    private readonly ProductOperands _p = operands;
    private readonly FloatRoutines _routines = routines;
    private readonly bool _reads = routines.Exist(TPairs.Widened);
    private readonly float* _wide = (float*)(operands.Scratch + (worker * ProductOperands.ScratchBytes));
    private float* _b;
    private TileFormat _format;

    public void Panel(int column, int k, int rowPanels)
    {
        bool reads = _reads && rowPanels < WorthWidening;
        _format = _p.AreInputsPairs ? TileFormat.PairDots : reads ? TPairs.Widened : TileFormat.Floats;
        _b = At(column, k);
        if (_format == TileFormat.Floats)
        {
            WidenedPanel.Fill<V, TPairs>(_b, Pairs(k), _wide);
            _b = _wide;
        }
    }

    public readonly Ahead Next(int column, int k, int share, int shares) =>
        Ahead.Share(At(column, k), (long)Pairs(k) * Panels.Columns * sizeof(float), share, shares);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Tile(int row, int column, int k, Ahead ahead) => MatrixProduct.Tile<V>(_p, _routines, _b, _format, row, column, k, ahead);

    private readonly float* At(int column, int k) => _p.PackedB + ((((long)column * _p.Pairs) + (k / 2)) * Panels.Columns);

    private readonly int Pairs(int k) => (Math.Min(MatrixProduct.Block, _p.K - k) + 1) / 2;
}
