namespace Fovea.Imaging.Resampling;

/// <summary>Resizing that takes one pixel for one.</summary>
internal static class NearestPixel
{
    /// <summary>
    /// The pixels that Pillow takes along one axis: centres of output pixels, found by adding up the step. Multiplying instead would differ where a centre
    /// falls on the border of two pixels.
    /// </summary>
    public static int[] PillowSources(int inputs, float start, float end, int outputs)
    {
        double step = (double)(end - start) / outputs, position = start + (step * 0.5);
        var sources = new int[outputs];
        for (int i = 0; i < outputs; i++, position += step)
        {
            sources[i] = Math.Min((int)position, inputs - 1);
        }

        return sources;
    }

    /// <summary>The pixels that PyTorch takes: corners of output pixels, in float32.</summary>
    public static int[] TensorSources(int inputs, int outputs)
    {
        float step = (float)inputs / outputs;
        var sources = new int[outputs];
        for (int i = 0; i < outputs; i++)
        {
            sources[i] = Math.Min((int)(i * step), inputs - 1);
        }

        return sources;
    }

    public static Image Pick(Image image, int[] columns, int[] rows)
    {
        var pixels = new byte[3 * columns.Length * rows.Length];
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

        return new Image(columns.Length, rows.Length, pixels);
    }
}
