namespace Fovea.Imaging.Resampling;

/// <summary>Resizing that takes one pixel for one.</summary>
internal static class NearestPixel
{
    /// <summary>Output sample i of an axis is input sample int(start + (i + offset)·scale).</summary>
    public static Image Resize(Image image, int width, int height, (double Start, double Scale) x, (double Start, double Scale) y, double offset)
    {
        int[] columns = Sources(image.Width, width, x.Start, x.Scale, offset);
        int[] rows = Sources(image.Height, height, y.Start, y.Scale, offset);
        var pixels = new byte[checked(3 * width * height)];
        int to = 0;
        foreach (int row in rows)
        {
            var from = image.Row(row);
            foreach (int column in columns)
            {
                from.Slice(3 * column, 3).CopyTo(pixels.AsSpan(to));
                to += 3;
            }
        }

        return new Image(width, height, pixels);
    }

    private static int[] Sources(int inputs, int outputs, double start, double scale, double offset)
    {
        var sources = new int[outputs];
        for (int i = 0; i < outputs; i++)
        {
            sources[i] = Math.Min((int)(start + ((i + offset) * scale)), inputs - 1);
        }

        return sources;
    }
}
