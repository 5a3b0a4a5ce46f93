using Fovea.Imaging;
using Fovea.Tensors;

namespace Fovea.Models.Qwen;

/// <summary>Pictures and videos to patches, and the places of the merged tokens.</summary>
internal sealed class QwenLayout
{
    // What the reference assumes of videos whose rate nobody states.
    private const double FramesPerSecond = 2, TimestampFramesPerSecond = 24;

    private readonly QwenConfig _config;
    private readonly ImageProcessor _images;

    /// <summary>Reads the processors of a checkpoint.</summary>
    /// <exception cref="InvalidDataException">A file is wrong, or cuts pictures in another way than the encoder takes them.</exception>
    public QwenLayout(QwenConfig config, CheckpointFolder folder)
    {
        _config = config;
        _images = ImageProcessor.Load(folder.Path, folder.Processing, folder.Config);
        Videos = VideoProcessor.Load(folder.Path, folder.Processing, folder.Config);
        Check(folder, "preprocessor_config.json", config.VisionConfig);
        Check(folder, "video_preprocessor_config.json", config.VisionConfig);
    }

    /// <summary>Chooses and prepares the frames of videos.</summary>
    public VideoProcessor Videos { get; }

    /// <summary>Prepares the items of a prompt.</summary>
    /// <exception cref="ArgumentException">A picture or video has a shape that the model refuses, or not as many times as frames.</exception>
    public QwenInput Prepare(IReadOnlyList<VisualItem> items)
    {
        var parts = new List<Tensor>();
        var grids = new List<PatchGrid>();
        foreach (var item in items)
        {
            (var pixels, PatchGrid? grid) = item.IsVideo ? Video(item) : Picture(item);
            parts.Add(pixels);
            grids.Add(grid ?? throw new InvalidDataException("The processor of the checkpoint makes tiles, but the encoder takes patches."));
        }

        var geometry = Places([.. items.Select((item, index) => (grids[index], Step(item)))], _config.VisionConfig.SpatialMergeSize);
        return new QwenInput(Join(parts), geometry, TokenPacking.Identity(geometry.Count), grids) { Pictures = Slices(grids, _config.VisionConfig.MergedPatches) };
    }

    private static PictureSlice[] Slices(List<PatchGrid> grids, int merged)
    {
        var slices = new PictureSlice[grids.Count];
        int row = 0;
        for (int i = 0; i < slices.Length; i++)
        {
            slices[i] = new PictureSlice(row, grids[i].Count, row / merged, grids[i].Count / merged);
            row += grids[i].Count;
        }

        return slices;
    }

    /// <summary>Where merged tokens stand.</summary>
    /// <param name="items">Grid of patches of each item, and how far its temporal patches lie apart on the temporal axis.</param>
    /// <param name="merge">Side of a merged token in patches.</param>
    public static Geometry Places(IReadOnlyList<(PatchGrid Grid, double Step)> items, int merge)
    {
        var grids = new List<TokenGrid>();
        var tokens = new List<VisualToken>();
        for (int item = 0; item < items.Count; item++)
        {
            var (grid, step) = items[item];
            int rows = grid.Rows / merge, columns = grid.Columns / merge;
            for (int frame = 0; frame < grid.Frames; frame++)
            {
                grids.Add(new TokenGrid(item, frame, rows, columns, checked((int)Math.Floor(frame * step))));
                for (int i = 0; i < rows * columns; i++)
                {
                    tokens.Add(new VisualToken(item, frame, grids.Count - 1, grids.Count - 1, i / columns, i % columns, VisualTokenKind.Patch));
                }
            }
        }

        return new Geometry([.. tokens], grids);
    }

    /// <summary>When each temporal patch of a video was taken, in seconds: the mean of its first and last frame.</summary>
    public double[] Seconds(VisualItem video) => FrameTimestamps.Seconds(
        video.FrameTimes.Count > 0
            ? video.FrameTimes
            : [.. Enumerable.Range(0, video.Frames.Count).Select(frame => frame / (video.FramesPerSecond ?? TimestampFramesPerSecond))],
        _config.VisionConfig.TemporalPatchSize);

    /// <summary>How far the temporal patches of an item lie apart on the temporal axis.</summary>
    private double Step(VisualItem item)
    {
        if (!item.IsVideo || _config.Version == QwenVersion.Qwen3)
        {
            return 0;
        }

        if (_config.Version == QwenVersion.Qwen2)
        {
            return 1;
        }

        double seconds = _config.VisionConfig.TemporalPatchSize / Rate(item);
        return (_config.TruncateSecondPerGrid ? Math.Truncate(seconds) : seconds) * _config.VisionConfig.TokensPerSecond;
    }

    private static double Rate(VisualItem video)
    {
        var times = video.FrameTimes;
        double span = times.Count > 1 ? times[^1] - times[0] : 0;
        double rate = video.FramesPerSecond ?? (span > 0 ? (times.Count - 1) / span : FramesPerSecond);
        return rate > 0 && double.IsFinite(rate) ? rate : throw new ArgumentException($"A video has {rate} frames per second; the rate must be above 0.");
    }

    private (Tensor Pixels, PatchGrid? Grid) Picture(VisualItem item)
    {
        var processed = _images.Process([item.Frames[0]]);
        return (processed.Pixels, processed.Images[0].Grid);
    }

    private (Tensor Pixels, PatchGrid? Grid) Video(VisualItem item)
    {
        if (item.FrameTimes.Count > 0 && item.FrameTimes.Count != item.Frames.Count)
        {
            throw new ArgumentException($"A video has {item.Frames.Count} frames, but {item.FrameTimes.Count} times.");
        }

        var processed = Videos.Process(item.Frames);
        return (processed.Pixels, processed.Grid);
    }

    private static Tensor Join(List<Tensor> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var joined = Tensor.Allocate(parts.Sum(part => part.Rows), parts[0].RowLength);
        int row = 0;
        foreach (var part in parts)
        {
            part.AsSpan<float>().CopyTo(joined.Slice(row, part.Rows).AsSpan<float>());
            row += part.Rows;
            part.Dispose();
        }

        return joined;
    }

    private static void Check(CheckpointFolder folder, string file, QwenVisionConfig vision)
    {
        if (folder.Read(file) is not { } element)
        {
            return;
        }

        var config = new ConfigReader(Path.Combine(folder.Path, file), element);
        foreach (var (key, wanted) in new[] { ("patch_size", vision.PatchSize), ("merge_size", vision.SpatialMergeSize), ("temporal_patch_size", vision.TemporalPatchSize) })
        {
            if (config.Count(key, Missing(key, vision.Version)) != wanted)
            {
                throw config.Wrong(key, $"{wanted}, as vision_config of config.json has it");
            }
        }
    }

    private static int Missing(string key, QwenVersion version) => key != "patch_size" ? 2 : version == QwenVersion.Qwen3 ? 16 : 14;
}
