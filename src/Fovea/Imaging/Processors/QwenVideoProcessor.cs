using Fovea.Tensors;
using Fovea.Tensors.Threading;

namespace Fovea.Imaging.Processors;

/// <summary>Videos of Qwen2-VL, Qwen2.5-VL and Qwen3-VL: frames in temporal patches, the last frame repeated where one is missing.</summary>
/// <param name="pixels">The shared settings.</param>
/// <param name="rule">How frames are chosen.</param>
/// <param name="layout">How frames are cut.</param>
/// <param name="limits">The area of a frame or, with <paramref name="sharesBudget"/>, of all frames.</param>
/// <param name="sharesBudget">Whether all frames share the limits (Qwen3-VL).</param>
internal sealed class QwenVideoProcessor(PixelSettings pixels, FrameRule rule, PatchLayout layout, PixelLimits limits, bool sharesBudget)
    : VideoProcessor(pixels, rule)
{
    /// <summary>Reads Qwen2VLVideoProcessor.</summary>
    public static QwenVideoProcessor ReadQwen2(ConfigReader config)
    {
        var layout = PatchLayout.Read(config, 14);
        return new QwenVideoProcessor(
            PixelSettings.Read(config, ProcessorVariant.Fast, PixelSettings.ClipMean, PixelSettings.ClipDeviation),
            FrameRule.Qwen2(config, layout.Frames),
            layout,
            PixelLimits.Read(config, new PixelLimits(128 * 28 * 28, 768 * 28 * 28)),
            sharesBudget: false);
    }

    /// <summary>Reads Qwen3VLVideoProcessor.</summary>
    public static QwenVideoProcessor ReadQwen3(ConfigReader config) => new(
        PixelSettings.Read(config, ProcessorVariant.Fast, PixelSettings.Half, PixelSettings.Half),
        FrameRule.Qwen3(config),
        PatchLayout.Read(config, 16),
        PixelLimits.Read(config, new PixelLimits(128 * 32 * 32, 768 * 32 * 32)),
        sharesBudget: true);

    private protected override ProcessedVideo ProcessFrames(IReadOnlyList<Image> frames, Workers? workers)
    {
        var size = SizeOf(frames);
        var grid = layout.GridOf(frames.Count, size);
        var resized = ForEach(frames, frame => Pixels.Resize(frame, size), workers);
        var tensor = Tensor.Allocate(grid.Count, layout.RowLength);
        new PatchWork(this, resized, grid, tensor).Run(grid.Frames, workers);
        return new ProcessedVideo(tensor, ImageSize.Of(frames[0]), frames.Count, grid);
    }

    private ImageSize SizeOf(IReadOnlyList<Image> frames)
    {
        var size = ImageSize.Of(frames[0]);
        if (!Pixels.Resizes)
        {
            return size;
        }

        return sharesBudget
            ? ImageGeometry.SmartResizeVideo(frames.Count, size, layout.Frames, layout.Factor, limits.Fewest, limits.Most)
            : ImageGeometry.SmartResize(size, layout.Factor, limits.Fewest, limits.Most);
    }

    private readonly struct PatchWork(QwenVideoProcessor processor, Image[] frames, PatchGrid grid, Tensor tensor) : IRangeWork
    {
        public void Execute(int start, int end, int worker)
        {
            for (int temporal = start; temporal < end; temporal++)
            {
                processor.Write(frames, temporal, grid, tensor);
            }
        }
    }

    private void Write(Image[] frames, int temporal, PatchGrid grid, Tensor tensor) => layout.Write(Table, frames, temporal, grid, tensor, firstRow: 0);
}
