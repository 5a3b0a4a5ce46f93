namespace Fovea.Imaging.Processors;

/// <summary>One tile a picture: CLIP, SigLIP, LLaVA-1.5 with or without padding to a square, and the pictures of Video-LLaVA.</summary>
internal sealed class ClipProcessor(ResizeAndCrop steps, bool padsToSquare) : TileProcessor(steps.Pixels)
{
    private const int DefaultSide = 224;

    /// <summary>What happens to a picture, padding aside.</summary>
    public ResizeAndCrop Steps => steps;

    /// <summary>Reads a processor of the CLIP kind.</summary>
    /// <param name="config">The file.</param>
    /// <param name="variant">Slow or fast.</param>
    /// <param name="mayPad">Whether <c>do_pad</c> means padding to a square.</param>
    public static ClipProcessor Read(ConfigReader config, ProcessorVariant variant, bool mayPad)
    {
        var pixels = PixelSettings.Read(config, variant, PixelSettings.ClipMean, PixelSettings.ClipDeviation);
        var steps = ResizeAndCrop.Read(config, pixels, TargetSize.Edge(DefaultSide), TargetSize.Square(DefaultSide));
        return new ClipProcessor(steps, mayPad && config.Flag("do_pad", false));
    }

    /// <summary>Reads a processor of the SigLIP kind: both sides are given, and nothing is cut off.</summary>
    public static ClipProcessor ReadSiglip(ConfigReader config, ProcessorVariant variant)
    {
        var pixels = PixelSettings.Read(config, variant, PixelSettings.Half, PixelSettings.Half);
        var steps = ResizeAndCrop.Read(config, pixels, TargetSize.Square(DefaultSide), null);
        return new ClipProcessor(steps with { Crop = null }, padsToSquare: false);
    }

    protected override TiledImage Cut(Image image, int count) =>
        new([steps.Apply(padsToSquare ? Canvas.PadToSquare(image, Pixels.Background) : image)]);
}
