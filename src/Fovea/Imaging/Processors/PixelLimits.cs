namespace Fovea.Imaging.Processors;

/// <summary>The smallest and largest area of a picture in the Qwen models, or of all frames of a video.</summary>
internal readonly record struct PixelLimits(long Fewest, long Most)
{
    // Areas are exact in double precision below this.
    private const long Limit = 1L << 40;

    /// <summary>
    /// Reads the limits: <c>min_pixels</c> and <c>max_pixels</c>, else <c>size.shortest_edge</c> and <c>size.longest_edge</c>, which hold areas. The
    /// reference ignores <c>size</c>
    /// in one of its classes and shares the limits of all processors of a process in the other; neither is followed.
    /// </summary>
    public static PixelLimits Read(ConfigReader config, PixelLimits defaults)
    {
        var size = config.Size("size", new TargetSize { ShortestEdge = defaults.Fewest, LongestEdge = defaults.Most }, square: true);
        long fewest = size.ShortestEdge > 0 ? size.ShortestEdge : defaults.Fewest;
        long most = size.LongestEdge > 0 ? size.LongestEdge : defaults.Most;
        return new PixelLimits(config.Integer("min_pixels", fewest, 1, Limit), config.Integer("max_pixels", most, 1, Limit));
    }
}
