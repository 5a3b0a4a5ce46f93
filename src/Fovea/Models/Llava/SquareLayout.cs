using Fovea.Imaging;

namespace Fovea.Models.Llava;

/// <summary>LLaVA-1.5: every picture is one tile, its patches in raster order.</summary>
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
        bool classToken = config.KeepClassToken && config.VisionConfig.HasClassToken;
        int[] rows = TilePixels.FeatureRows(pixels.Rows, config.VisionConfig, classToken);
        var layout = new LayoutBuilder();
        for (int image = 0; image < items.Count; image++)
        {
            layout.Tile(image, 0, image, config.VisionConfig.Side, image * (rows.Length / items.Count), classToken);
        }

        return new VisualInput(pixels, layout.Geometry(), layout.Packing(rows.Length)) { FeatureRows = rows };
    }
}
