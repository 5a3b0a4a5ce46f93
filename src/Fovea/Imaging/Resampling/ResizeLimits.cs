namespace Fovea.Imaging.Resampling;

/// <summary>Refuses resizes that would allocate without measure.</summary>
internal static class ResizeLimits
{
    /// <summary>The weights kept for one axis: enough for sides of a million pixels.</summary>
    public const int MaxWeights = 1 << 24;

    /// <summary>Checks the result and what lies between the two passes.</summary>
    public static void Check(ImageSize from, ImageSize to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to.Width, 1, nameof(to));
        ArgumentOutOfRangeException.ThrowIfLessThan(to.Height, 1, nameof(to));
        long largest = Math.Max(to.Area, Math.Max((long)to.Width * from.Height, (long)from.Width * to.Height));
        if (largest > ImageLoadOptions.DefaultMaxPixels)
        {
            throw new ArgumentException($"A picture of {from} pixels cannot be resized to {to}: {largest} pixels are too many.", nameof(to));
        }
    }
}
