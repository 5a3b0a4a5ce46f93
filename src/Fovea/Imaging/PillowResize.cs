using Fovea.Imaging.Resampling;

namespace Fovea.Imaging;

/// <summary>
/// Resizing as Pillow 13 does it, to the last bit: antialiased filters in fixed point with 22 fraction bits, one axis after the other, 8 bits between them.
/// Source: <c>Resample.c</c> of Pillow. Deterministic, and the same on every CPU.
/// </summary>
public static class PillowResize
{
    private const int FractionBits = 22;

    /// <summary>Resizes a picture; the picture itself is returned if nothing changes.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="width">The new width, at least 1.</param>
    /// <param name="height">The new height, at least 1.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="box">The part to resize; by default all of it.</param>
    /// <param name="order">Which axis comes first.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side below 1, or a box that is empty or leaves the picture.</exception>
    /// <exception cref="ArgumentException">The result would be too large.</exception>
    public static Image Resize(
        Image image, int width, int height, ResampleFilter filter = ResampleFilter.Bicubic, ResizeBox? box = null, PassOrder order = PassOrder.ByShrinkage)
    {
        ResizeLimits.Check(ImageSize.Of(image), new ImageSize(height, width));
        var part = box ?? new ResizeBox(0, 0, image.Width, image.Height);
        if (!(part.Left >= 0 && part.Top >= 0 && part.Right > part.Left && part.Bottom > part.Top && part.Right <= image.Width && part.Bottom <= image.Height))
        {
            throw new ArgumentOutOfRangeException(nameof(box), part, $"The box is no part of a picture of {image.Width} x {image.Height} pixels.");
        }

        if (filter == ResampleFilter.Nearest)
        {
            return NearestPixel.Pick(
                image,
                NearestPixel.PillowSources(image.Width, part.Left, part.Right, width),
                NearestPixel.PillowSources(image.Height, part.Top, part.Bottom, height));
        }

        bool horizontal = width != image.Width || part.Left != 0 || part.Right != image.Width;
        bool vertical = height != image.Height || part.Top != 0 || part.Bottom != image.Height;
        bool verticalFirst = order == PassOrder.ByShrinkage && height < image.Height && image.Height - (long)height > 2 * ((long)image.Width - width);
        if (vertical && verticalFirst)
        {
            image = Vertical(image, height, filter, part);
        }

        if (horizontal)
        {
            image = Horizontal(image, width, filter, part);
        }

        return vertical && !verticalFirst ? Vertical(image, height, filter, part) : image;
    }

    private static Image Horizontal(Image image, int width, ResampleFilter filter, ResizeBox box)
    {
        var weights = AxisWeights.Compute(filter, image.Width, box.Left, box.Right, width).ToFixed(FractionBits);
        return new Image(width, image.Height, FixedPass.Horizontal(image.Rgb, image.Width, image.Height, weights));
    }

    private static Image Vertical(Image image, int height, ResampleFilter filter, ResizeBox box)
    {
        var weights = AxisWeights.Compute(filter, image.Height, box.Top, box.Bottom, height).ToFixed(FractionBits);
        return new Image(image.Width, height, FixedPass.Vertical(image.Rgb, image.Width, weights));
    }
}
