using Fovea.Tensors;
using Fovea.Tensors.Threading;

namespace Fovea.Imaging.Processors;

/// <summary>Writes pictures of one size into the rows of a tensor, each on its own.</summary>
internal readonly struct TileWork(PixelTable table, IReadOnlyList<Image> tiles, Tensor pixels) : IRangeWork
{
    /// <summary>Normalises tiles to f32 [tiles, 3, height, width].</summary>
    /// <exception cref="ArgumentException">The tiles have different sizes.</exception>
    public static Tensor Normalise(PixelTable table, IReadOnlyList<Image> tiles, Workers? workers)
    {
        var size = ImageSize.Of(tiles[0]);
        foreach (var tile in tiles)
        {
            if (ImageSize.Of(tile) != size)
            {
                throw new ArgumentException($"The pictures come out in different sizes, {size} and {ImageSize.Of(tile)} pixels, and cannot be stacked.");
            }
        }

        var pixels = Tensor.Allocate(tiles.Count, 3, size.Height, size.Width);
        var work = new TileWork(table, tiles, pixels);
        work.Run(tiles.Count, workers);
        return pixels;
    }

    public void Execute(int start, int end, int worker)
    {
        for (int i = start; i < end; i++)
        {
            table.Write(tiles[i], pixels.Row<float>(i));
        }
    }
}
