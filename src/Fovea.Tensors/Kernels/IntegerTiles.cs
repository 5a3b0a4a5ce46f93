using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>Tiles of a product with integer weights: all inputs at once, since their groups are added in memory anyway.</summary>
internal unsafe struct IntegerTiles<V>(in IntegerOperands operands, KernelSet kernels, int worker) : ITiles
    where V : unmanaged, ILanes<V>
{
    // From so many tiles on it pays to unpack 4-bit numbers once for all of them, even for kernels that can read them as they are.
    private const int WorthUnpacking = 3;

    private readonly IntegerOperands _p = operands;
    private readonly KernelSet _kernels = kernels;
    private readonly byte* _scratch = operands.Scratch + (worker * operands.Layout.ScratchBytes);
    private byte* _b;
    private bool _isFourBit;

    public void Panel(int column, int k, int rowPanels)
    {
        _b = At(column);
        _isFourBit = _p.Layout.IsFourBit && _kernels.ReadsFourBits && rowPanels < WorthUnpacking;
        if (_p.Layout.IsFourBit && !_isFourBit)
        {
            Unpack();
        }
    }

    // A tile asks for its weights early enough itself.
    public readonly Ahead Next(int column, int k, int share, int shares) => default;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Tile(int row, int column, int k, Ahead ahead)
    {
        int firstRow = row * Panels.Rows, firstColumn = column * Panels.Columns;
        int rows = Math.Min(Panels.Rows, _p.M - firstRow), columns = Math.Min(Panels.Columns, _p.N - firstColumn);
        float* c = _p.C + ((long)firstRow * _p.N) + firstColumn;
        Prefetch.Rows(c + ((long)Panels.Rows * _p.N), _p.N, Math.Min(Panels.Rows, _p.M - firstRow - rows));

        // Sums are kept together while groups are added: rows of C may lie so that they drive each other out of the cache.
        float* sums = stackalloc float[Panels.Rows * Panels.Columns];
        for (int i = 0; i < rows * Panels.Columns; i += V.Count)
        {
            default(V).Store(sums + i);
        }

        Groups(new IntegerTile
        {
            A = _p.A + ((long)firstRow * _p.Layout.PaddedInputs),
            B = _b,
            RowScales = _p.RowScales + (2L * firstRow * _p.Layout.Groups),
            Sums = sums,
            Stride = Panels.Columns * sizeof(float),
            Rows = rows,
            IsFourBit = _isFourBit,
        });
        _p.Epilogue.Apply<V>(sums, Panels.Columns, _p.N, firstRow, rows, firstColumn, columns);
        if (!_p.Epilogue.Moves)
        {
            End(sums, c, rows, columns);
        }
    }

    private readonly void End(float* sums, float* c, int rows, int columns)
    {
        for (int r = 0; r < rows; r++, sums += Panels.Columns, c += _p.N)
        {
            if (columns < Panels.Columns)
            {
                new ReadOnlySpan<float>(sums, columns).CopyTo(new Span<float>(c, columns));
                continue;
            }

            for (int column = 0; column < Panels.Columns; column += V.Count)
            {
                V.Load(sums + column).Store(c + column);
            }
        }
    }

    private readonly byte* At(int column) => _p.B + (column * _p.Layout.PanelBytes);

    // The last group may be shorter than the others.
    private readonly void Groups(IntegerTile tile)
    {
        var layout = _p.Layout;
        int last = layout.Groups - 1;
        bool shorter = last >= 0 && layout.GroupInputs(last) < layout.Group;
        tile.Groups = layout.Groups - (shorter ? 1 : 0);
        tile.Units = layout.Group / IntegerPanels.Unit;
        if (tile.Groups > 0)
        {
            _kernels.MultiplyIntegerTile(tile);
        }

        if (shorter)
        {
            tile.A += tile.Groups * layout.Group * tile.Rows;
            tile.B += tile.Groups * ((layout.Group * Panels.Columns / (tile.IsFourBit ? 2 : 1)) + IntegerPanels.ScaleBytes);
            tile.RowScales += tile.Groups * 2 * tile.Rows;
            tile.Groups = 1;
            tile.Units = layout.GroupInputs(last) / IntegerPanels.Unit;
            _kernels.MultiplyIntegerTile(tile);
        }
    }

    private void Unpack()
    {
        byte* source = _b, destination = _scratch;
        for (int group = 0; group < _p.Layout.Groups; group++)
        {
            int inputs = _p.Layout.GroupInputs(group);
            FourBits.Unpack(source, inputs / 4, destination);
            source += inputs * Panels.Columns / 2;
            destination += inputs * Panels.Columns;
            Unsafe.CopyBlock(destination, source, IntegerPanels.ScaleBytes);
            source += IntegerPanels.ScaleBytes;
            destination += IntegerPanels.ScaleBytes;
        }

        _b = _scratch;
    }
}
