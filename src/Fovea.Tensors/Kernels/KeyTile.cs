namespace Fovea.Tensors.Kernels;

/// <summary>Up to <see cref="Size"/> keys and values in the layout of a product's right operand. Tiles are counted from key 0, whoever asks.</summary>
internal unsafe struct KeyTile
{
    /// <summary>Keys of a whole tile.</summary>
    public const int Size = 256;

    /// <summary>Panels of 32 keys, [headSize][32] each.</summary>
    public float* Keys;

    /// <summary>Panels of 32 numbers of the values, [Count] rows each.</summary>
    public float* Values;

    /// <summary>Numbers from one row of a value panel to the next.</summary>
    public long ValueStride;

    /// <summary>Numbers from one value panel to the next.</summary>
    public long ValuePanelStride;

    /// <summary>Index of the first key.</summary>
    public int Start;

    /// <summary>Keys in the tile.</summary>
    public int Count;
}
