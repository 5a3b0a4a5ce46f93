namespace Fovea.Imaging.Processors;

/// <summary>Cutting and padding of pictures.</summary>
internal static class Canvas
{
    /// <summary>A part of a picture; the picture itself if it is all of it.</summary>
    public static Image Cut(Image image, int top, int left, ImageSize size)
    {
        if (size == ImageSize.Of(image))
        {
            return image;
        }

        return Place(image, size, -top, -left, [0, 0, 0]);
    }

    /// <summary>
    /// Puts a picture on a canvas of one colour, its upper left corner at (<paramref name="top"/>, <paramref name="left"/>); what does not fit is cut off.
    /// </summary>
    public static Image Place(Image image, ImageSize size, int top, int left, ReadOnlySpan<byte> color)
    {
        if (size.Area > ImageLoadOptions.DefaultMaxPixels)
        {
            throw new ArgumentException($"A picture of {ImageSize.Of(image)} pixels cannot be put on a canvas of {size}: that is too large.", nameof(size));
        }

        var rgb = new byte[3 * size.Height * size.Width];
        bool covered = top <= 0 && left <= 0 && top + image.Height >= size.Height && left + image.Width >= size.Width;
        for (int i = 0; !covered && i < rgb.Length; i += 3)
        {
            color.CopyTo(rgb.AsSpan(i));
        }

        int from = Math.Max(0, left), to = Math.Min(size.Width, left + image.Width);
        int end = Math.Min(size.Height, top + image.Height);
        for (int y = Math.Max(0, top); y < end && from < to; y++)
        {
            image.Row(y - top).Slice(3 * (from - left), 3 * (to - from)).CopyTo(rgb.AsSpan(3 * ((y * size.Width) + from)));
        }

        return new Image(size.Width, size.Height, rgb);
    }

    /// <summary>A square of the long side with the picture in its middle; the odd pixel goes below and to the right.</summary>
    public static Image PadToSquare(Image image, ReadOnlySpan<byte> color)
    {
        int side = Math.Max(image.Width, image.Height);
        return image.Width == image.Height ? image : Place(image, new ImageSize(side, side), (side - image.Height) / 2, (side - image.Width) / 2, color);
    }

    /// <summary>The middle of a picture, black where it is smaller. The two variants place small pictures differently where the padding is odd.</summary>
    public static Image CutCentre(Image image, ImageSize size, ProcessorVariant variant)
    {
        var (top, left) = variant == ProcessorVariant.Fast
            ? (FastOffset(image.Height, size.Height), FastOffset(image.Width, size.Width))
            : (SlowOffset(image.Height, size.Height), SlowOffset(image.Width, size.Width));
        return top == 0 && left == 0 ? Cut(image, 0, 0, size) : Place(image, size, top, left, [0, 0, 0]);
    }

    /// <summary>Where the first pixel of the picture lies on the canvas: padding is rounded down, and so is what is cut off.</summary>
    private static int FastOffset(int side, int wanted) => side < wanted ? (wanted - side) / 2 : -((side - wanted) / 2);

    /// <summary>Padding is rounded up.</summary>
    private static int SlowOffset(int side, int wanted) => side < wanted ? (wanted - side + 1) / 2 : -((side - wanted) / 2);

    /// <summary>Cuts a picture into tiles, row by row.</summary>
    public static IEnumerable<Image> Tiles(Image image, ImageSize tile)
    {
        for (int top = 0; top < image.Height; top += tile.Height)
        {
            for (int left = 0; left < image.Width; left += tile.Width)
            {
                yield return Cut(image, top, left, tile);
            }
        }
    }
}
