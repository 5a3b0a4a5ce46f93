namespace Fovea.Tensors.Kernels;

/// <summary>The tiles of one matrix product, which <see cref="MatrixProduct.Walk"/> calls in an order that keeps operands in the caches.</summary>
internal interface ITiles
{
    /// <summary>Makes the steps from <paramref name="k"/> on of a panel of B ready for the calls of <see cref="Tile"/> that follow.</summary>
    /// <param name="column">The panel.</param>
    /// <param name="k">The first step, a multiple of the block.</param>
    /// <param name="rowPanels">How many tiles follow.</param>
    void Panel(int column, int k, int rowPanels);

    /// <summary>A share of what <see cref="Panel"/> will read of a panel, which may lie behind the last one.</summary>
    Ahead Next(int column, int k, int share, int shares);

    /// <summary>Adds a block of steps to the tile of row panel <paramref name="row"/>; the first block sets it. On the way it asks for <paramref name="ahead"/>.</summary>
    void Tile(int row, int column, int k, Ahead ahead);
}
