using Fovea.Imaging.Resampling;

namespace Fovea.Imaging;

/// <summary>
/// Resizing as torchvision does it to tensors with <c>antialias = true</c>: the filters of <see cref="PillowResize"/>, horizontal first and then vertical,
/// each only where
/// the size changes. 8-bit pixels are exact to the last bit; the precision of the weights is chosen for each axis so that the largest fits 16 bits.
/// </summary>
public static class TensorResize
{
    private const int MaxBits = 22;

    /// <summary>Resizes 8-bit pixels; the picture itself is returned if nothing changes.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="size">The new size, at least 1 x 1.</param>
    /// <param name="filter">Nearest, bilinear, bicubic or Lanczos.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side below 1, or a filter that torchvision does not have.</exception>
    /// <exception cref="ArgumentException">The result would be too large.</exception>
    public static Image Resize(Image image, ImageSize size, ResampleFilter filter = ResampleFilter.Bicubic)
    {
        CheckFilter(filter);
        ResizeLimits.Check(ImageSize.Of(image), size);
        if (filter == ResampleFilter.Nearest)
        {
            return NearestPixel.Pick(image, NearestPixel.TensorSources(image.Width, size.Width), NearestPixel.TensorSources(image.Height, size.Height));
        }

        if (size.Width != image.Width)
        {
            var weights = Quantise(AxisWeights.Compute(filter, image.Width, 0, image.Width, size.Width));
            image = new Image(size.Width, image.Height, FixedPass.Horizontal(image.Rgb, image.Width, image.Height, weights));
        }

        if (size.Height != image.Height)
        {
            var weights = Quantise(AxisWeights.Compute(filter, image.Height, 0, image.Height, size.Height));
            image = new Image(image.Width, size.Height, FixedPass.Vertical(image.Rgb, image.Width, weights));
        }

        return image;
    }

    /// <summary>Resizes float32 samples, without rounding or clamping; weights and sums are float32.</summary>
    /// <param name="pixels">[height, width, channels].</param>
    /// <param name="from">The size of <paramref name="pixels"/>.</param>
    /// <param name="channels">Samples of a pixel, ≥ 1.</param>
    /// <param name="to">The new size, at least 1 x 1.</param>
    /// <param name="filter">Bilinear, bicubic or Lanczos.</param>
    /// <returns>[height, width, channels] of the new size.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side below 1, or a filter that torchvision does not have.</exception>
    /// <exception cref="ArgumentException">The pixels do not have this size, or the result would be too large.</exception>
    public static float[] Resize(ReadOnlySpan<float> pixels, ImageSize from, int channels, ImageSize to, ResampleFilter filter = ResampleFilter.Bicubic)
    {
        CheckFilter(filter);
        ArgumentOutOfRangeException.ThrowIfEqual((int)filter, (int)ResampleFilter.Nearest, nameof(filter));
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ResizeLimits.Check(from, to);
        if (pixels.Length != from.Area * channels)
        {
            throw new ArgumentException($"{pixels.Length} numbers are not {from} pixels with {channels} channels.", nameof(pixels));
        }

        float[] result = pixels.ToArray();
        if (to.Width != from.Width)
        {
            result = FloatPass.Horizontal(result, from, channels, FloatWeights.Compute(filter, from.Width, to.Width));
        }

        return to.Height != from.Height ? FloatPass.Vertical(result, to.Width * channels, FloatWeights.Compute(filter, from.Height, to.Height)) : result;
    }

    private static void CheckFilter(ResampleFilter filter)
    {
        if (filter is not (ResampleFilter.Nearest or ResampleFilter.Bilinear or ResampleFilter.Bicubic or ResampleFilter.Lanczos))
        {
            throw new ArgumentOutOfRangeException(nameof(filter), filter, "Tensors are not resized with this filter.");
        }
    }

    private static FixedWeights Quantise(AxisWeights axis)
    {
        double largest = 0;
        foreach (double weight in axis.Weights)
        {
            largest = Math.Max(largest, weight);
        }

        int bits = 0;
        while (bits < MaxBits && (int)(0.5 + (largest * (1 << (bits + 1)))) < 1 << 15)
        {
            bits++;
        }

        return axis.ToFixed(bits);
    }
}
