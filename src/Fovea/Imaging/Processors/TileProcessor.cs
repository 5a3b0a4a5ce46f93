using Fovea.Tensors;
using Fovea.Tensors.Threading;

namespace Fovea.Imaging.Processors;

/// <summary>A processor whose result is tiles of one size.</summary>
internal abstract class TileProcessor(PixelSettings pixels) : ImageProcessor(pixels)
{
    /// <summary>Cuts one of <paramref name="count"/> pictures of a prompt.</summary>
    protected abstract TiledImage Cut(Image image, int count);

    private protected sealed override ProcessedImages ProcessPictures(IReadOnlyList<Image> images, Workers? workers)
    {
        var cut = new TiledImage[images.Count];
        new CutWork(this, images, cut).Run(images.Count, workers);
        var processed = new ProcessedImage[images.Count];
        var tiles = new List<Image>();
        for (int i = 0; i < cut.Length; i++)
        {
            processed[i] = new ProcessedImage
            {
                OriginalSize = ImageSize.Of(images[i]),
                FirstTile = tiles.Count,
                TileCount = cut[i].Tiles.Length,
                TileRows = cut[i].Rows,
                TileColumns = cut[i].Columns,
                HasBase = cut[i].HasBase,
                HasThumbnail = cut[i].HasThumbnail,
            };
            tiles.AddRange(cut[i].Tiles);
        }

        return new ProcessedImages(TileWork.Normalise(Table, tiles, workers), processed);
    }

    private protected sealed override Image DrawPicture(Tensor pixels, ProcessedImage image)
    {
        int height = pixels.Shape[2], width = pixels.Shape[3], area = height * width;
        int grid = image.TileRows * image.TileColumns, views = image.TileCount - grid;
        var size = new ImageSize((image.TileRows + views) * height, image.TileColumns * width);
        var rgb = new byte[checked(3 * size.Height * size.Width)];
        for (int i = 0; i < image.TileCount; i++)
        {
            // A view of the whole picture stands before the tiles (base) or behind them (thumbnail); it is drawn below them.
            int tile = image.HasBase ? i - views : i;
            var (row, column) = tile >= 0 && tile < grid ? (tile / image.TileColumns, tile % image.TileColumns) : (image.TileRows + (tile < 0 ? i : tile - grid), 0);
            var planes = pixels.Row<float>(image.FirstTile + i);
            for (int channel = 0; channel < 3; channel++)
            {
                for (int y = 0; y < height; y++)
                {
                    int to = (3 * ((((row * height) + y) * size.Width) + (column * width))) + channel;
                    Table.Read(planes.Slice((channel * area) + (y * width), width), channel, rgb.AsSpan(to));
                }
            }
        }

        return new Image(size.Width, size.Height, rgb);
    }

    private readonly struct CutWork(TileProcessor processor, IReadOnlyList<Image> images, TiledImage[] cut) : IRangeWork
    {
        public void Execute(int start, int end, int worker)
        {
            for (int i = start; i < end; i++)
            {
                cut[i] = processor.Cut(images[i], images.Count);
            }
        }
    }
}
