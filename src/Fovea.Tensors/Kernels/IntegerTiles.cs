using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>Tiles of a product with integer weights.</summary>
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
        int first = k / _p.Layout.Group;
        _b = _p.B + (column * _p.Layout.PanelBytes) + _p.Layout.BytesBefore(first);
        _isFourBit = _p.Layout.IsFourBit && _kernels.ReadsFourBits && rowPanels < WorthUnpacking;
        if (_p.Layout.IsFourBit && !_isFourBit)
        {
            Unpack(first);
        }
    }

    public readonly void Tile(int row, int column, int k)
    {
        var layout = _p.Layout;
        int firstRow = row * Panels.Rows, firstColumn = column * Panels.Columns, group = k / layout.Group;
        int rows = Math.Min(Panels.Rows, _p.M - firstRow), columns = Math.Min(Panels.Columns, _p.N - firstColumn);
        float* c = _p.C + ((long)firstRow * _p.N) + firstColumn;
        float* part = stackalloc float[Panels.Rows * Panels.Columns];
        bool whole = columns == Panels.Columns;
        float* sums = whole ? c : part;
        int stride = whole ? _p.N : Panels.Columns;
        for (int r = 0; r < rows; r++)
        {
            var target = new Span<float>(sums + ((long)r * stride), columns);
            if (k == 0)
            {
                target.Clear();
            }
            else if (!whole)
            {
                new ReadOnlySpan<float>(c + ((long)r * _p.N), columns).CopyTo(target);
            }
        }

        var tile = new IntegerTile
        {
            A = _p.A + ((long)firstRow * layout.PaddedInputs) + ((long)k * rows),
            B = _b,
            RowScales = _p.RowScales + (2 * (((long)firstRow * layout.Groups) + ((long)group * rows))),
            Sums = sums,
            Stride = (long)stride * sizeof(float),
            Rows = rows,
            IsFourBit = _isFourBit,
        };
        Groups(tile, group);
        if (!whole)
        {
            MatrixSums.Store<V>(part, Panels.Columns, rows, columns, c, _p.N, add: false);
        }

        if (_p.Bias != null && k + layout.Block >= layout.Inputs)
        {
            MatrixSums.AddBias<V>(c, _p.N, rows, columns, _p.Bias + firstColumn);
        }
    }

    // The last group may be shorter than the others.
    private readonly void Groups(IntegerTile tile, int group)
    {
        var layout = _p.Layout;
        int end = Math.Min(group + layout.GroupsAtOnce, layout.Groups);
        bool shorter = end == layout.Groups && layout.GroupInputs(end - 1) < layout.Group;
        tile.Groups = end - group - (shorter ? 1 : 0);
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
            tile.Units = layout.GroupInputs(end - 1) / IntegerPanels.Unit;
            _kernels.MultiplyIntegerTile(tile);
        }
    }

    private void Unpack(int first)
    {
        byte* source = _b, destination = _scratch;
        for (int group = first; group < Math.Min(first + _p.Layout.GroupsAtOnce, _p.Layout.Groups); group++)
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
