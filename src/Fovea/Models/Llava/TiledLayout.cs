using Fovea.Imaging;
using Fovea.Tensors;

namespace Fovea.Models.Llava;

/// <summary>
/// LLaVA-NeXT and LLaVA-OneVision: an overview of each picture, then its tiles joined to one canvas without the padding, every row ended by the learned
/// newline, or as <see cref="TileMerge"/> says. OneVision makes large canvases smaller, gives each of several pictures one tile, and pools video frames.
/// </summary>
internal sealed class TiledLayout(LlavaConfig config, ImageProcessor processor, VideoProcessor? videos) : IVisualLayout
{
    private readonly int _side = config.VisionConfig.Side;
    private readonly bool _classToken = config.KeepClassToken && config.Merge == TileMerge.Flat;

    private int PerTile => (_side * _side) + (_classToken ? 1 : 0);

    /// <inheritdoc/>
    public VisualInput Prepare(IReadOnlyList<VisualItem> items)
    {
        var pictures = items.Where(item => !item.IsVideo).Select(item => item.Frames[0]).ToList();
        var parts = new List<Tensor>();
        var images = new Queue<ProcessedImage>();
        if (pictures.Count > 0)
        {
            var processed = processor.Process(pictures);
            parts.Add(TilePixels.Check(processed.Pixels, config.VisionConfig));
            images = new Queue<ProcessedImage>(processed.Images);
        }

        int tile = parts.Sum(part => part.Rows);
        var layout = new LayoutBuilder();
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].IsVideo)
            {
                var video = videos ?? throw new NotSupportedException("The model takes pictures, not videos.");
                parts.Add(TilePixels.Check(video.Process(items[i].Frames).Pixels, config.VisionConfig));
                layout.Picture(Slice(tile, parts[^1].Rows));
                Video(layout, i, tile, parts[^1].Rows);
                tile += parts[^1].Rows;
            }
            else
            {
                var image = images.Dequeue();
                layout.Picture(Slice(image.FirstTile, image.TileCount));
                Picture(layout, i, image);
            }
        }

        var pixels = TilePixels.Join(parts);
        int[] rows = TilePixels.FeatureRows(pixels.Rows, config.VisionConfig, _classToken);
        return new VisualInput(pixels, layout.Geometry(), layout.Packing(rows.Length)) { Pictures = layout.Pictures, FeatureRows = rows };
    }

    private PictureSlice Slice(int tile, int tiles) => new(tile, tiles, tile * PerTile, tiles * PerTile);

    private void Picture(LayoutBuilder layout, int index, ProcessedImage image)
    {
        int tiles = image.HasBase && config.Merge == TileMerge.Flat ? 1 + (image.TileRows * image.TileColumns) : 1;
        for (int tile = image.FirstTile; tile < image.FirstTile + tiles; tile++)
        {
            layout.Tile(index, 0, tile, _side, tile * PerTile, _classToken, image.HasBase && tile == image.FirstTile);
        }

        if (config.Merge != TileMerge.Flat && image.HasBase)
        {
            Canvas(layout, index, image);
        }
        else if (config.Merge == TileMerge.SpatialUnpad)
        {
            layout.Newline(-1);
        }
    }

    private void Canvas(LayoutBuilder layout, int index, ProcessedImage image)
    {
        bool unpads = config.Merge == TileMerge.SpatialUnpad;
        int height = image.TileRows * _side, width = image.TileColumns * _side;
        var (top, rows, left, columns) = unpads ? CanvasGrid.Unpad(image.OriginalSize, height, width, config.RoundsUnpadding) : (0, height, 0, width);
        var (scaledRows, scaledColumns) = CanvasGrid.Limit(rows, columns, _side, unpads ? config.AnyresMax : 0);
        var vertical = Interpolation.Axis(rows, scaledRows);
        var horizontal = Interpolation.Axis(columns, scaledColumns);
        layout.Grid(new TokenGrid(index, 0, scaledRows, scaledColumns));
        for (int row = 0; row < scaledRows; row++)
        {
            for (int column = 0; column < scaledColumns; column++)
            {
                var sources = Interpolation.Mix(vertical[row], horizontal[column], (y, x) => Feature(image, top + y, left + x));
                layout.Patch(sources[0].Row / (_side * _side), row, column, sources);
            }

            if (unpads)
            {
                layout.Newline(row);
            }
        }
    }

    /// <summary>The feature row at a place of the canvas.</summary>
    private int Feature(ProcessedImage image, int y, int x)
    {
        int tile = image.FirstTile + 1 + (y / _side * image.TileColumns) + (x / _side);
        return (tile * _side * _side) + (y % _side * _side) + (x % _side);
    }

    private void Video(LayoutBuilder layout, int index, int firstTile, int frames)
    {
        int pooled = (_side + config.VideoPoolStride - 1) / config.VideoPoolStride;
        var axis = Interpolation.Axis(_side, pooled);
        for (int frame = 0; frame < frames; frame++)
        {
            int first = (firstTile + frame) * _side * _side;
            layout.Grid(new TokenGrid(index, frame, pooled, pooled));
            for (int i = 0; i < pooled * pooled; i++)
            {
                layout.Patch(firstTile + frame, i / pooled, i % pooled, Interpolation.Mix(axis[i / pooled], axis[i % pooled], (y, x) => first + (y * _side) + x));
            }
        }

        layout.Newline(-1);
    }
}
