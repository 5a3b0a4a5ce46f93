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
