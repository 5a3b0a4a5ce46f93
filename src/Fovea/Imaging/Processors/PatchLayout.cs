using Fovea.Tensors;

namespace Fovea.Imaging.Processors;

/// <summary>
/// How the Qwen models cut frames into patches: rows of channel, frame of the temporal patch, y, x; the patches of one merged token together, merged tokens
/// row by row.
/// </summary>
/// <param name="Patch">The side of a patch.</param>
/// <param name="Merge">The side in patches of a merged token.</param>
/// <param name="Frames">Frames of a temporal patch.</param>
internal sealed record PatchLayout(int Patch, int Merge, int Frames)
{
    private const int Limit = 1024;

    public int Factor => Patch * Merge;

    /// <summary>Numbers of a row.</summary>
    public int RowLength => 3 * Frames * Patch * Patch;

    public static PatchLayout Read(ConfigReader config, int patch) => new(
        (int)config.Integer("patch_size", patch, 1, Limit),
        (int)config.Integer("merge_size", 2, 1, Limit),
        (int)config.Integer("temporal_patch_size", 2, 1, 16));

    /// <summary>The grid of <paramref name="frames"/> frames of a size; the last temporal patch is filled up with the last frame.</summary>
    /// <exception cref="ArgumentException">The sides are not multiples of the size of a merged token.</exception>
    public PatchGrid GridOf(int frames, ImageSize size) => size.Height % Factor == 0 && size.Width % Factor == 0
        ? new PatchGrid((frames + Frames - 1) / Frames, size.Height / Patch, size.Width / Patch)
        : throw new ArgumentException($"Pictures of {size} pixels are not made of patches of {Factor}.", nameof(size));

    /// <summary>Writes one temporal patch of a grid.</summary>
    /// <param name="table">The numbers of the samples.</param>
    /// <param name="frames">All frames, of one size.</param>
    /// <param name="temporal">Which temporal patch.</param>
    /// <param name="grid">Its grid.</param>
    /// <param name="pixels">[patches, <see cref="RowLength"/>].</param>
    /// <param name="firstRow">The row of the first patch of the first temporal patch.</param>
    public void Write(PixelTable table, IReadOnlyList<Image> frames, int temporal, PatchGrid grid, Tensor pixels, int firstRow)
    {
        int row = firstRow + (temporal * grid.Rows * grid.Columns);
        for (int mergedY = 0; mergedY < grid.Rows; mergedY += Merge)
        {
            for (int mergedX = 0; mergedX < grid.Columns; mergedX += Merge)
            {
                for (int i = 0; i < Merge * Merge; i++, row++)
                {
                    int top = Patch * (mergedY + (i / Merge)), left = Patch * (mergedX + (i % Merge));
                    WritePatch(table, frames, temporal, top, left, pixels.Row<float>(row));
                }
            }
        }
    }

    /// <summary>Draws the first frame of a grid from its patches.</summary>
    /// <param name="table">The numbers of the samples.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="pixels">[patches, <see cref="RowLength"/>].</param>
    /// <param name="firstRow">The row of its first patch.</param>
    public Image Draw(PixelTable table, PatchGrid grid, Tensor pixels, int firstRow)
    {
        int width = grid.Columns * Patch, merged = grid.Columns / Merge;
        var rgb = new byte[checked(3 * grid.Rows * Patch * width)];
        for (int patch = 0; patch < grid.Rows * grid.Columns; patch++)
        {
            int token = patch / (Merge * Merge), inner = patch % (Merge * Merge);
            int top = Patch * ((token / merged * Merge) + (inner / Merge)), left = Patch * ((token % merged * Merge) + (inner % Merge));
            var row = pixels.Row<float>(firstRow + patch);
            for (int channel = 0; channel < 3; channel++)
            {
                for (int y = 0; y < Patch; y++)
                {
                    var numbers = row.Slice(((channel * Frames * Patch) + y) * Patch, Patch);
                    table.Read(numbers, channel, rgb.AsSpan((3 * (((top + y) * width) + left)) + channel));
                }
            }
        }

        return new Image(width, grid.Rows * Patch, rgb);
    }

    private void WritePatch(PixelTable table, IReadOnlyList<Image> frames, int temporal, int top, int left, Span<float> row)
    {
        int to = 0;
        for (int channel = 0; channel < 3; channel++)
        {
            var values = table.Channel(channel);
            for (int frame = 0; frame < Frames; frame++)
            {
                var image = frames[Math.Min((temporal * Frames) + frame, frames.Count - 1)];
                for (int y = 0; y < Patch; y++)
                {
                    var samples = image.Row(top + y).Slice(3 * left, 3 * Patch);
                    for (int from = channel; from < samples.Length; from += 3)
                    {
                        row[to++] = values[samples[from]];
                    }
                }
            }
        }
    }
}
