using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>The packed keys and values of one head of a sequence, made when first asked for and kept as far as there is room.</summary>
internal unsafe struct KeyTiles
{
    private readonly float* _memory;
    private readonly int _capacity;
    private int _end;

    /// <summary>Keeps up to <paramref name="capacity"/> tiles in memory of <see cref="Length"/> numbers each.</summary>
    public KeyTiles(float* memory, int capacity)
    {
        _memory = memory;
        _capacity = capacity;
    }

    /// <summary>Numbers that a tile takes.</summary>
    public static int Length(int headSize) => KeyTile.Size * (headSize + (Panels.Count(headSize, Panels.Columns) * Panels.Columns));

    /// <summary>Tiles of so many keys.</summary>
    public static int Count(int keys) => Panels.Count(keys, KeyTile.Size);

    /// <summary>
    /// A tile. With a capacity of one it is packed at each call; otherwise the capacity must be that of all tiles, and the tiles are first asked for in ascending order.
    /// </summary>
    public KeyTile Load(in AttentionSequence s, int head, int tile)
    {
        int d = s.HeadSize;
        float* keys = _memory + ((long)(tile % _capacity) * Length(d));
        int start = tile * KeyTile.Size;
        var result = new KeyTile
        {
            Keys = keys,
            Values = keys + (KeyTile.Size * d),
            ValueStride = Panels.Columns,
            ValuePanelStride = KeyTile.Size * Panels.Columns,
            Start = start,
            Count = Math.Min(KeyTile.Size, s.KeyCount - start),
        };
        float* values = s.Values + (head * s.KeyHeadStride) + (start * s.KeyStride);

        // Values are already k-major. Whole panels are read where they lie, unless their rows would fall into the same few sets of the cache.
        bool inPlace = d % Panels.Columns == 0 && s.KeyStride == d;
        if (_capacity == 1 || tile >= _end)
        {
            _end = tile + 1;
            PackKeys(s.Keys + (head * s.KeyHeadStride) + (start * s.KeyStride), s, result);
            if (!inPlace)
            {
                PackValues(values, s, result);
            }
        }

        if (inPlace)
        {
            result.Values = values;
            result.ValueStride = s.KeyStride;
            result.ValuePanelStride = Panels.Columns;
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackKeys(float* source, in AttentionSequence s, in KeyTile tile)
    {
        for (int key = 0; key < tile.Count; key += Panels.Columns)
        {
            int rows = Math.Min(Panels.Columns, tile.Count - key);
            Panels.Pack(source + (key * s.KeyStride), s.KeyStride, rows, s.HeadSize, tile.Keys + (key * s.HeadSize), Panels.Columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackValues(float* source, in AttentionSequence s, in KeyTile tile)
    {
        for (int column = 0; column < s.HeadSize; column += Panels.Columns)
        {
            int width = Math.Min(Panels.Columns, s.HeadSize - column);
            float* panel = tile.Values + (column / Panels.Columns * tile.ValuePanelStride);
            for (int key = 0; key < tile.Count; key++, panel += Panels.Columns)
            {
                new ReadOnlySpan<float>(source + (key * s.KeyStride) + column, width).CopyTo(new Span<float>(panel, width));
                new Span<float>(panel + width, Panels.Columns - width).Clear();
            }
        }
    }
}
