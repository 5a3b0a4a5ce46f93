namespace Fovea.Tensors.Kernels;

/// <summary>The products of a <see cref="FloatTile"/> that were made at run time, one for each number of rows and kind of B; or none.</summary>
/// <param name="starts">Where each starts, first those of f32, that of one row first, then those of pairs of bf16; or null. Lives as long as the process.</param>
internal readonly unsafe struct FloatRoutines(nint* starts)
{
    /// <summary>Steps between two requests for later memory.</summary>
    public const int StepsAtOnce = 4;

    /// <summary>Whether there are any.</summary>
    public bool Exist => starts != null;

    /// <summary>Computes a tile of 1 to 12 rows and 32 columns.</summary>
    public void Run(FloatTile tile) =>
        ((delegate* unmanaged[SuppressGCTransition]<FloatTile*, void>)starts[tile.Rows - 1 + (tile.IsPaired ? Panels.Rows : 0)])(&tile);
}
