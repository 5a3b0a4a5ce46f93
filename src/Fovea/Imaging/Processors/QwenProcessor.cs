using Fovea.Tensors;
using Fovea.Tensors.Threading;

namespace Fovea.Imaging.Processors;

/// <summary>Qwen2-VL, Qwen2.5-VL and Qwen3-VL: a picture keeps about its aspect and is cut into patches.</summary>
internal sealed class QwenProcessor(PixelSettings pixels, PatchLayout layout, PixelLimits limits) : ImageProcessor(pixels)
{
    /// <summary>Reads Qwen2VLImageProcessor.</summary>
    public static QwenProcessor Read(ConfigReader config, ProcessorVariant variant) => new(
        PixelSettings.Read(config, variant, PixelSettings.ClipMean, PixelSettings.ClipDeviation),
        PatchLayout.Read(config, 14),
        PixelLimits.Read(config, new PixelLimits(3136, 1003520)));

    private protected override ProcessedImages ProcessPictures(IReadOnlyList<Image> images, Workers? workers)
    {
        var sizes = images.Select(SizeOf).ToArray();
        var processed = new ProcessedImage[images.Count];
        int rows = 0;
        for (int i = 0; i < processed.Length; i++)
        {
            var grid = layout.GridOf(1, sizes[i]);
            processed[i] = new ProcessedImage { OriginalSize = ImageSize.Of(images[i]), FirstTile = rows, TileCount = grid.Count, Grid = grid };
            rows = checked(rows + grid.Count);
        }

        var tensor = Tensor.Allocate(rows, layout.RowLength);
        new PatchWork(this, images, sizes, processed, tensor).Run(images.Count, workers);
        return new ProcessedImages(tensor, processed);
    }

    private protected override Image DrawPicture(Tensor pixels, ProcessedImage image) => layout.Draw(Table, image.Grid ?? default, pixels, image.FirstTile);

    private ImageSize SizeOf(Image image) =>
        Pixels.Resizes ? ImageGeometry.SmartResize(ImageSize.Of(image), layout.Factor, limits.Fewest, limits.Most) : ImageSize.Of(image);

    private void Write(Image image, ImageSize size, ProcessedImage processed, Tensor tensor) =>
        layout.Write(Table, [Pixels.Resize(image, size)], 0, processed.Grid ?? default, tensor, processed.FirstTile);

    private readonly struct PatchWork(
        QwenProcessor processor, IReadOnlyList<Image> images, ImageSize[] sizes, ProcessedImage[] processed, Tensor tensor) : IRangeWork
    {
        public void Execute(int start, int end, int worker)
        {
            for (int i = start; i < end; i++)
            {
                processor.Write(images[i], sizes[i], processed[i], tensor);
            }
        }
    }
}
