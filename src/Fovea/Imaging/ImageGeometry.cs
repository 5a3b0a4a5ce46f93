namespace Fovea.Imaging;

/// <summary>
/// The sizes that image processors give to pictures: pure functions of integers, computed in double precision in the order of operations of transformers 4.57,
/// because a result may hang on the last bit.
/// </summary>
public static class ImageGeometry
{
    /// <summary>No side may be more than this many times the other in the models of the Qwen family.</summary>
    private const double MaxAspectRatio = 200;

    /// <summary>The size with the same aspect whose short side is <paramref name="edge"/>; the long side is cut to an integer.</summary>
    /// <exception cref="ArgumentException">The long side would not fit an integer.</exception>
    public static ImageSize ShortestEdge(ImageSize size, int edge)
    {
        int shorter = Math.Min(size.Height, size.Width), longer = Math.Max(size.Height, size.Width);
        double side = (double)((long)edge * longer) / shorter;
        if (side > int.MaxValue)
        {
            throw new ArgumentException($"A picture of {size} pixels is too long for a short side of {edge}.", nameof(size));
        }

        return size.Width <= size.Height ? new ImageSize((int)side, edge) : new ImageSize(edge, (int)side);
    }

    /// <summary>
    /// The size of a picture for the Qwen models: both sides multiples of <paramref name="factor"/>, the area between the limits, the aspect about kept.
    /// Rounding is half to even; the upper limit is not checked again after a picture was enlarged.
    /// </summary>
    /// <param name="size">The picture.</param>
    /// <param name="factor">Patch size times merge size.</param>
    /// <param name="minPixels">The smallest area.</param>
    /// <param name="maxPixels">The largest area.</param>
    /// <exception cref="ArgumentException">One side is more than 200 times the other, or the result would not fit an integer.</exception>
    public static ImageSize SmartResize(ImageSize size, int factor, long minPixels, long maxPixels)
    {
        CheckAspect(size);
        double area = size.Area, rounded = RoundTo(size.Height, factor) * RoundTo(size.Width, factor);
        return Fit(size, factor, rounded, minPixels, maxPixels, Math.Sqrt(area / maxPixels), Math.Sqrt(minPixels / area));
    }

    /// <summary>
    /// The size of the frames of a video for Qwen3-VL: as <see cref="SmartResize"/>, with limits on the pixels of all frames together.
    /// </summary>
    /// <param name="frames">The number of frames.</param>
    /// <param name="size">A frame.</param>
    /// <param name="temporalFactor">Frames of a temporal patch; their number is rounded to a multiple of it, half to even, where the limits are tested.</param>
    /// <param name="factor">Patch size times merge size.</param>
    /// <param name="minPixels">The smallest volume.</param>
    /// <param name="maxPixels">The largest volume.</param>
    /// <exception cref="ArgumentException">
    /// Fewer frames than a temporal patch has, a side below <paramref name="factor"/>, one side more than 200 times the other, or a result that would not
    /// fit an integer.
    /// </exception>
    public static ImageSize SmartResizeVideo(int frames, ImageSize size, int temporalFactor, int factor, long minPixels, long maxPixels)
    {
        if (frames < temporalFactor)
        {
            throw new ArgumentException($"A video needs at least {temporalFactor} frames, not {frames}.", nameof(frames));
        }

        if (size.Height < factor || size.Width < factor)
        {
            throw new ArgumentException($"Frames of {size} pixels are smaller than {factor}.", nameof(size));
        }

        CheckAspect(size);
        double volume = (double)frames * size.Area;
        double rounded = RoundTo(frames, temporalFactor) * RoundTo(size.Height, factor) * RoundTo(size.Width, factor);
        return Fit(size, factor, rounded, minPixels, maxPixels, Math.Sqrt(volume / maxPixels), Math.Sqrt(minPixels / volume));
    }

    /// <summary>
    /// The canvas of LLaVA-NeXT and LLaVA-OneVision: the candidate that shows the most of the picture's own pixels; of equals, the one that wastes least;
    /// then the first.
    /// </summary>
    /// <exception cref="ArgumentException">There is no candidate.</exception>
    public static ImageSize BestResolution(ImageSize size, IReadOnlyList<ImageSize> candidates)
    {
        ImageSize? best = null;
        long bestShown = 0, bestWaste = 0;
        foreach (var candidate in candidates)
        {
            double scale = Math.Min(candidate.Width / (double)size.Width, candidate.Height / (double)size.Height);
            long shown = Math.Min((long)(size.Width * scale) * (long)(size.Height * scale), size.Area);
            long waste = candidate.Area - shown;
            if (best is null || shown > bestShown || (shown == bestShown && waste < bestWaste))
            {
                (best, bestShown, bestWaste) = (candidate, shown, waste);
            }
        }

        return best ?? throw new ArgumentException("There are no resolutions to choose from.", nameof(candidates));
    }

    /// <summary>The largest size with (about) the same aspect inside a canvas: one side fills it, the other is rounded up.</summary>
    public static ImageSize FitInside(ImageSize size, ImageSize canvas)
    {
        double scaleX = canvas.Width / (double)size.Width, scaleY = canvas.Height / (double)size.Height;
        return scaleX < scaleY
            ? new ImageSize((int)Math.Min(Math.Ceiling(size.Height * scaleX), canvas.Height), canvas.Width)
            : new ImageSize(canvas.Height, (int)Math.Min(Math.Ceiling(size.Width * scaleY), canvas.Width));
    }

    /// <summary>
    /// The rows and columns of tiles of InternVL: the grid whose aspect is nearest to the picture's. Grids are tried in order of their number of tiles; on
    /// an exact tie the later one
    /// wins if the picture has more than half its pixels.
    /// </summary>
    /// <param name="size">The picture.</param>
    /// <param name="tile">A tile.</param>
    /// <param name="minTiles">The fewest tiles, ≥ 1.</param>
    /// <param name="maxTiles">The most tiles.</param>
    /// <exception cref="ArgumentException">No grid has so many tiles.</exception>
    public static (int Rows, int Columns) TileGrid(ImageSize size, ImageSize tile, int minTiles, int maxTiles)
    {
        var grids =
            from columns in Enumerable.Range(1, maxTiles)
            from rows in Enumerable.Range(1, maxTiles / columns)
            where columns * rows >= minTiles
            orderby columns * rows
            select (Rows: rows, Columns: columns);
        double aspect = size.Width / (double)size.Height, nearest = double.PositiveInfinity;
        var best = (Rows: 0, Columns: 0);
        foreach (var grid in grids)
        {
            double difference = Math.Abs(aspect - (grid.Columns / (double)grid.Rows));
            if (difference < nearest || (difference == nearest && size.Area > 0.5 * tile.Area * grid.Columns * grid.Rows))
            {
                (nearest, best) = (difference, grid);
            }
        }

        return best.Rows > 0 ? best : throw new ArgumentException($"No grid has {minTiles} to {maxTiles} tiles.", nameof(minTiles));
    }

    private static void CheckAspect(ImageSize size)
    {
        if (Math.Max(size.Height, size.Width) / (double)Math.Min(size.Height, size.Width) > MaxAspectRatio)
        {
            throw new ArgumentException($"A picture of {size} pixels is refused: one side may be at most {MaxAspectRatio} times the other.", nameof(size));
        }
    }

    private static double RoundTo(int side, int factor) => Math.Round(side / (double)factor, MidpointRounding.ToEven) * factor;

    private static ImageSize Fit(ImageSize size, int factor, double rounded, long minPixels, long maxPixels, double shrink, double enlarge)
    {
        double height = RoundTo(size.Height, factor), width = RoundTo(size.Width, factor);
        if (rounded > maxPixels)
        {
            height = Math.Max(factor, Math.Floor(size.Height / shrink / factor) * factor);
            width = Math.Max(factor, Math.Floor(size.Width / shrink / factor) * factor);
        }
        else if (rounded < minPixels)
        {
            height = Math.Ceiling(size.Height * enlarge / factor) * factor;
            width = Math.Ceiling(size.Width * enlarge / factor) * factor;
        }

        return height is >= 1 and <= int.MaxValue && width is >= 1 and <= int.MaxValue
            ? new ImageSize((int)height, (int)width)
            : throw new ArgumentException($"A picture of {size} pixels has no size between {minPixels} and {maxPixels} pixels.", nameof(size));
    }
}
