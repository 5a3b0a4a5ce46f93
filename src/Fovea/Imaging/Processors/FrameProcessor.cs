using Fovea.Tensors.Threading;

namespace Fovea.Imaging.Processors;

/// <summary>One tile a frame: Video-LLaVA, LLaVA-NeXT-Video, LLaVA-OneVision, InternVL.</summary>
internal sealed class FrameProcessor(ResizeAndCrop steps, FrameRule rule) : VideoProcessor(steps.Pixels, rule)
{
    /// <summary>Reads a processor that resizes the short edge and cuts out the middle.</summary>
    public static FrameProcessor ReadClip(ConfigReader config, ProcessorVariant variant)
    {
        var pixels = PixelSettings.Read(config, variant, PixelSettings.ClipMean, PixelSettings.ClipDeviation);
        return new FrameProcessor(ResizeAndCrop.Read(config, pixels, TargetSize.Edge(224), TargetSize.Square(224)), FrameRule.Even(config, shifted: false));
    }

    /// <summary>Reads a processor that resizes to a size whatever the aspect.</summary>
    public static FrameProcessor ReadSquare(ConfigReader config, ProcessorVariant variant, bool shifted)
    {
        var pixels = PixelSettings.Read(config, variant, PixelSettings.ClipMean, PixelSettings.ClipDeviation);
        return new FrameProcessor(ResizeAndCrop.Read(config, pixels, TargetSize.Square(384), null), FrameRule.Even(config, shifted));
    }

    /// <summary>Reads the original layout of InternVL, which treats every frame as a picture that is not cut.</summary>
    public static FrameProcessor ReadOriginalInternVl(ConfigReader model, ConfigReader preprocessor, ProcessorVariant variant)
    {
        var pixels = PixelSettings.Read(preprocessor, variant, PixelSettings.ImageNetMean, PixelSettings.ImageNetDeviation);
        var tile = InternVlProcessor.OriginalTile(model, preprocessor);
        return new FrameProcessor(new ResizeAndCrop(pixels, TargetSize.Square(tile.Height), null), FrameRule.Centred());
    }

    private protected override ProcessedVideo ProcessFrames(IReadOnlyList<Image> frames, Workers? workers) =>
        new(TileWork.Normalise(Table, ForEach(frames, steps.Apply, workers), workers), ImageSize.Of(frames[0]), frames.Count, grid: null);
}
