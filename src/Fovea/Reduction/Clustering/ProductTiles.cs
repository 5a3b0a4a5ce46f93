using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Reduction.Clustering;

/// <summary>Products of all rows with all rows, as many at a time as distances are held at once (<see cref="CosineDistances.LargestHeld"/> squared).</summary>
internal static class ProductTiles
{
    private const long LargestTile = (long)CosineDistances.LargestHeld * CosineDistances.LargestHeld;

    /// <summary>Makes [rows of <paramref name="a"/>, rows of <paramref name="b"/>] in tiles of whole rows; a tile is gone after its call.</summary>
    /// <param name="compute">Where to compute.</param>
    /// <param name="a">[n, width].</param>
    /// <param name="b">[m, width].</param>
    /// <param name="use">Called with the first row of each tile and the tile.</param>
    public static void ForEach(Compute compute, Tensor a, Tensor b, Action<int, Tensor> use)
    {
        int rows = (int)Math.Clamp(LargestTile / Math.Max(1, b.Rows), 1, int.MaxValue);
        for (int start = 0; start < a.Rows; start += rows)
        {
            var mark = compute.Arena.Top;
            use(start, compute.Products(a.Slice(start, Math.Min(rows, a.Rows - start)), b));
            compute.Arena.Release(mark);
        }
    }
}
