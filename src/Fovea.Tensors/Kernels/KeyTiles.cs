using System.Runtime.CompilerServices;
using Fovea.Tensors.ElementTypes;

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
        byte* values = s.Values + (head * s.KeyHeadStride) + (start * s.KeyStride);

        // Values are already k-major. Whole panels are read where they lie, unless their rows would fall into the same few sets of the cache.
        bool inPlace = s.KeyType == ElementType.F32 && d % Panels.Columns == 0 && s.KeyStride == d * sizeof(float);
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
            result.Values = (float*)values;
            result.ValueStride = d;
            result.ValuePanelStride = Panels.Columns;
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackKeys(byte* source, in AttentionSequence s, in KeyTile tile)
    {
        bool wide = s.KeyType == ElementType.F32;
        float* widened = stackalloc float[wide ? 1 : Panels.Columns * s.HeadSize];
        for (int key = 0; key < tile.Count; key += Panels.Columns)
        {
            int rows = Math.Min(Panels.Columns, tile.Count - key);
            byte* first = source + (key * s.KeyStride);
            for (int row = 0; !wide && row < rows; row++)
            {
                AttentionEntry.Read(first + (row * s.KeyStride), s.KeyType, s.HeadSize, widened + (row * s.HeadSize));
            }

            float* panel = tile.Keys + (key * s.HeadSize);
            Panels.Pack(wide ? (float*)first : widened, wide ? s.KeyStride / sizeof(float) : s.HeadSize, rows, s.HeadSize, panel, Panels.Columns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackValues(byte* source, in AttentionSequence s, in KeyTile tile)
    {
        bool wide = s.KeyType == ElementType.F32;
        float* widened = stackalloc float[wide ? 1 : s.HeadSize];
        for (int key = 0; key < tile.Count; key++)
        {
            float* row = (float*)(source + (key * s.KeyStride));
            if (!wide)
            {
                AttentionEntry.Read((byte*)row, s.KeyType, s.HeadSize, widened);
                row = widened;
            }

            float* panel = tile.Values + (key * Panels.Columns);
            for (int column = 0; column < s.HeadSize; column += Panels.Columns, panel += tile.ValuePanelStride)
            {
                int width = Math.Min(Panels.Columns, s.HeadSize - column);
                new ReadOnlySpan<float>(row + column, width).CopyTo(new Span<float>(panel, width));
                new Span<float>(panel + width, Panels.Columns - width).Clear();
            }
        }
    }
}
