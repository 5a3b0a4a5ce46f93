namespace Fovea.Imaging.Codecs;

/// <summary>The bytes of one file with its name and limits: what every decoder gets.</summary>
internal readonly ref struct ImageInput(ReadOnlySpan<byte> bytes, string name, ImageLoadOptions options)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public string Name { get; } = name;

    public ImageLoadOptions Options { get; } = options;

    public ImageFormatException Error(string reason) => new(Name, reason);

    public ImageFormatException Error(string reason, Exception cause) => new(Name, reason, cause);

    /// <summary>Refuses a size before anything of that size is allocated.</summary>
    public void CheckSize(string format, long width, long height)
    {
        if (width < 1 || height < 1 || width > int.MaxValue || height > int.MaxValue)
        {
            throw Error($"{format}: a picture cannot have {width} x {height} pixels");
        }

        long limit = Math.Min(Options.MaxPixels, Array.MaxLength / 3);
        if (width * height > limit)
        {
            throw Error($"{format}: {width} x {height} pixels are more than the limit of {limit}");
        }
    }
}
