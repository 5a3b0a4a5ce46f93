namespace Fovea.Imaging.Processors;

/// <summary>What all processors do with pixels: resize with a filter, then turn 8-bit samples into normalised float32 numbers.</summary>
internal sealed record PixelSettings
{
    public static readonly double[] ClipMean = [0.48145466, 0.4578275, 0.40821073];
    public static readonly double[] ClipDeviation = [0.26862954, 0.26130258, 0.27577711];
    public static readonly double[] ImageNetMean = [0.485, 0.456, 0.406];
    public static readonly double[] ImageNetDeviation = [0.229, 0.224, 0.225];
    public static readonly double[] Half = [0.5, 0.5, 0.5];

    public required ProcessorVariant Variant { get; init; }

    public bool Resizes { get; private init; }

    public ResampleFilter Filter { get; init; }

    public bool Rescales { get; private init; }

    public double RescaleFactor { get; private init; }

    public bool Normalises { get; private init; }

    public double[] Mean { get; private init; } = [];

    public double[] Deviation { get; private init; } = [];

    /// <summary>The colour of padding: the mean in 8 bits, cut to an integer.</summary>
    public byte[] Background => Array.ConvertAll(Mean, mean => (byte)Math.Clamp((int)(mean * 255), 0, 255));

    /// <summary>Reads the keys that all processors share.</summary>
    public static PixelSettings Read(ConfigReader config, ProcessorVariant variant, double[] mean, double[] deviation)
    {
        var filter = (ResampleFilter)config.Integer("resample", (long)ResampleFilter.Bicubic, 0, 5);
        if (variant == ProcessorVariant.Fast && filter is ResampleFilter.Box or ResampleFilter.Hamming)
        {
            throw config.Error("resample", $"{(int)filter} does not exist for tensors");
        }

        return new PixelSettings
        {
            Variant = variant,
            Resizes = config.Flag("do_resize", true),
            Filter = filter,
            Rescales = config.Flag("do_rescale", true),
            RescaleFactor = config.Number("rescale_factor", 1 / 255.0),
            Normalises = config.Flag("do_normalize", true),
            Mean = config.Channels("image_mean", mean, divides: false),
            Deviation = config.Channels("image_std", deviation, divides: true),
        };
    }

    /// <summary>Resizes whatever <c>do_resize</c> says.</summary>
    public Image Resize(Image image, ImageSize size) => Variant == ProcessorVariant.Fast
        ? TensorResize.Resize(image, size, Filter)
        : PillowResize.Resize(image, size.Width, size.Height, Filter);
}
