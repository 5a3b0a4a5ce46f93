namespace Fovea.Tensors.Kernels;

/// <summary>The products of a <see cref="FloatTile"/> that were made at run time, one for each number of rows and format; or none.</summary>
/// <param name="starts">Where each starts, format by format, that of one row first; or null. Lives as long as the process.</param>
/// <param name="formats">How many formats there are code for, in their order.</param>
internal readonly unsafe struct FloatRoutines(nint* starts, int formats)
{
    /// <summary>Steps between two requests for later memory.</summary>
    public const int StepsAtOnce = 4;

    /// <summary>Whether there are any for a format.</summary>
    public bool Exist(TileFormat format) => (int)format < formats;

    /// <summary>Computes a tile of 1 to 12 rows and 32 columns.</summary>
    public void Run(in FloatTile tile)
    {
        fixed (FloatTile* pointer = &tile)
        {
            ((delegate* unmanaged[SuppressGCTransition]<FloatTile*, void>)starts[tile.Rows - 1 + ((int)tile.Format * Panels.Rows)])(pointer);
        }
    }
}
