using Fovea.Imaging;

namespace Fovea.Models.Llava;

/// <summary>LLaVA-1.5: every picture is one tile, its patches, or what a compressor makes of them, in raster order.</summary>
internal sealed class SquareLayout(LlavaConfig config, ImageProcessor processor) : IVisualLayout
{
    /// <inheritdoc/>
    public VisualInput Prepare(IReadOnlyList<VisualItem> items)
    {
        if (items.Any(item => item.IsVideo))
        {
            throw new NotSupportedException("LLaVA-1.5 takes pictures, not videos.");
        }

        var pixels = TilePixels.Check(processor.Process([.. items.Select(item => item.Frames[0])]).Pixels, config.VisionConfig);
        int side = config.TileSide;
        bool classToken = config.KeepClassToken && config.VisionConfig.HasClassToken;
        int[] rows = TilePixels.FeatureRows(pixels.Rows, config.VisionConfig, classToken);
        int perTile = (side * side) + (classToken ? 1 : 0);
        var layout = new LayoutBuilder();
        for (int image = 0; image < items.Count; image++)
        {
            layout.Picture(new PictureSlice(image, 1, image * perTile, perTile));
            layout.Tile(image, 0, image, side, image * perTile, classToken);
        }

        return new VisualInput(pixels, layout.Geometry(), layout.Packing(items.Count * perTile)) { Pictures = layout.Pictures, FeatureRows = rows };
    }
}
