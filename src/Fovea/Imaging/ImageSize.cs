namespace Fovea.Imaging;

/// <summary>The size of a picture in pixels. The order, height before width, is that of tensors and of the checkpoints' files.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct ImageSize(int Height, int Width)
{
    /// <summary>The number of pixels.</summary>
    public long Area => (long)Height * Width;

    /// <summary>The size of a picture.</summary>
    public static ImageSize Of(Image image) => new(image.Height, image.Width);

    /// <inheritdoc/>
    public override string ToString() => $"{Height} x {Width}";
}
