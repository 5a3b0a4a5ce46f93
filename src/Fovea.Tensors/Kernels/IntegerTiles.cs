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
        _b = At(column, first);
        _isFourBit = _p.Layout.IsFourBit && _kernels.ReadsFourBits && rowPanels < WorthUnpacking;
        if (_p.Layout.IsFourBit && !_isFourBit)
        {
            Unpack(first);
        }
    }

    public readonly Ahead Next(int column, int k, int share, int shares)
    {
        int first = k / _p.Layout.Group, end = Math.Min(first + _p.Layout.GroupsAtOnce, _p.Layout.Groups);
        return Ahead.Share(At(column, first), _p.Layout.BytesBefore(end) - _p.Layout.BytesBefore(first), share, shares);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Tile(int row, int column, int k, Ahead ahead)
    {
        Prefetch.Range(ahead.Start, ahead.Length);
        int firstRow = row * Panels.Rows, firstColumn = column * Panels.Columns, group = k / _p.Layout.Group;
        int rows = Math.Min(Panels.Rows, _p.M - firstRow), columns = Math.Min(Panels.Columns, _p.N - firstColumn);
        float* c = _p.C + ((long)firstRow * _p.N) + firstColumn;
        float* sums = stackalloc float[Panels.Rows * Panels.Columns];
        Begin(sums, k == 0 ? null : c, rows, columns);
        Prefetch.Rows(c + ((long)Panels.Rows * _p.N), _p.N, Math.Min(Panels.Rows, _p.M - firstRow - rows));
        Groups(
            new IntegerTile
            {
                A = _p.A + ((long)firstRow * _p.Layout.PaddedInputs) + ((long)k * rows),
                B = _b,
                RowScales = _p.RowScales + (2 * (((long)firstRow * _p.Layout.Groups) + ((long)group * rows))),
                Sums = sums,
                Stride = Panels.Columns * sizeof(float),
                Rows = rows,
                IsFourBit = _isFourBit,
            },
            group);
        bool ends = k + _p.Layout.Block >= _p.Layout.Inputs;
        if (ends)
        {
            _p.Epilogue.Apply<V>(sums, Panels.Columns, _p.N, firstRow, rows, firstColumn, columns);
        }

        if (!ends || !_p.Epilogue.Moves)
        {
            End(sums, c, rows, columns);
        }
    }

    // Sums are kept together while groups are added: rows of C may lie so that they drive each other out of the cache.
    private readonly void Begin(float* sums, float* c, int rows, int columns)
    {
        if (c == null || columns < Panels.Columns)
        {
            new Span<float>(sums, rows * Panels.Columns).Clear();
        }

        for (int r = 0; c != null && r < rows; r++, sums += Panels.Columns, c += _p.N)
        {
            Copy(c, sums, columns);
        }
    }

    private readonly void End(float* sums, float* c, int rows, int columns)
    {
        for (int r = 0; r < rows; r++, sums += Panels.Columns, c += _p.N)
        {
            Copy(sums, c, columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, float* destination, int columns)
    {
        if (columns < Panels.Columns)
        {
            new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(destination, columns));
            return;
        }

        for (int column = 0; column < Panels.Columns; column += V.Count)
        {
            V.Load(source + column).Store(destination + column);
        }
    }

    private readonly byte* At(int column, int group) => _p.B + (column * _p.Layout.PanelBytes) + _p.Layout.BytesBefore(group);

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
