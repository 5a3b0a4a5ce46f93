using Fovea.Imaging;
using Fovea.Tensors;

namespace Fovea.Models.InternVl;

/// <summary>A picture is its tiles row by row, each a grid of its own, and behind several of them the whole picture once more; a video is one tile for each frame.</summary>
internal sealed class InternVlLayout(InternVlConfig config, CheckpointFolder folder)
{
    private readonly ImageProcessor _images = ImageProcessor.Load(folder.Path, folder.Processing, folder.Config);

    /// <summary>Chooses and prepares the frames of videos.</summary>
    public VideoProcessor Videos { get; } = VideoProcessor.Load(folder.Path, folder.Processing, folder.Config);

    /// <summary>Prepares the items of a prompt.</summary>
    /// <exception cref="InvalidDataException">The processor makes tiles of another size than the encoder takes.</exception>
    public VisualInput Prepare(IReadOnlyList<VisualItem> items)
    {
        var parts = new List<Tensor>();
        var layout = new LayoutBuilder();
        int tile = 0;
        for (int item = 0; item < items.Count; item++)
        {
            int first = tile;
            if (items[item].IsVideo)
            {
                parts.Add(Videos.Process(items[item].Frames).Pixels);
                for (int frame = 0; frame < parts[^1].Rows; frame++)
                {
                    Tile(layout, new TokenGrid(item, frame, config.Shuffle.TokenSide, config.Shuffle.TokenSide), tile++);
                }
            }
            else
            {
                var processed = _images.Process([items[item].Frames[0]]);
                parts.Add(processed.Pixels);
                foreach (var grid in Grids(item, processed.Images[0]))
                {
                    Tile(layout, grid, tile++);
                }
            }

            int tokens = config.Shuffle.Tokens;
            layout.Picture(new PictureSlice(first, tile - first, first * tokens, (tile - first) * tokens));
        }

        return new VisualInput(TilePixels.Check(TilePixels.Join(parts), config.VisionConfig.Sizes), layout.Geometry(), TokenPacking.Identity(tile * config.Shuffle.Tokens))
        {
            Pictures = layout.Pictures,
        };
    }

    private IEnumerable<TokenGrid> Grids(int item, ProcessedImage image)
    {
        int tiles = image.TileRows * image.TileColumns;
        var whole = new TokenGrid(item, 0, config.Shuffle.TokenSide, config.Shuffle.TokenSide);
        for (int i = 0; i < tiles; i++)
        {
            yield return whole with
            {
                Area = new PictureArea(
                    (double)(i % image.TileColumns) / image.TileColumns, (double)(i / image.TileColumns) / image.TileRows, 1.0 / image.TileColumns, 1.0 / image.TileRows),
            };
        }

        if (image.HasThumbnail)
        {
            yield return whole with { IsThumbnail = true };
        }
    }

    private void Tile(LayoutBuilder layout, TokenGrid grid, int tile)
    {
        layout.Grid(grid);
        for (int token = 0; token < config.Shuffle.Tokens; token++)
        {
            var (row, column) = config.Shuffle.Place(token);
            layout.Patch(tile, row, column, (tile * config.Shuffle.Tokens) + token);
        }
    }
}
