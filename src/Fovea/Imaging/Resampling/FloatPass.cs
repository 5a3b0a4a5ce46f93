namespace Fovea.Imaging.Resampling;

/// <summary>One pass of a resize over float32 samples.</summary>
internal static class FloatPass
{
    /// <summary>Resizes every row of [height, inputs, channels].</summary>
    public static float[] Horizontal(ReadOnlySpan<float> pixels, ImageSize size, int channels, FloatWeights axis)
    {
        int outputs = axis.Starts.Length;
        var result = new float[checked(size.Height * outputs * channels)];
        for (int y = 0; y < size.Height; y++)
        {
            var rows = pixels.Slice(y * size.Width * channels, size.Width * channels);
            for (int x = 0; x < outputs; x++)
            {
                Mix(rows[(axis.Starts[x] * channels)..], axis.Weights[x], result.AsSpan(((y * outputs) + x) * channels, channels));
            }
        }

        return result;
    }

    /// <summary>Resizes every column of [inputs, <paramref name="rowLength"/>].</summary>
    public static float[] Vertical(ReadOnlySpan<float> pixels, int rowLength, FloatWeights axis)
    {
        int outputs = axis.Starts.Length;
        var result = new float[checked(outputs * rowLength)];
        for (int y = 0; y < outputs; y++)
        {
            Mix(pixels[(axis.Starts[y] * rowLength)..], axis.Weights[y], result.AsSpan(y * rowLength, rowLength));
        }

        return result;
    }

    private static void Mix(ReadOnlySpan<float> rows, ReadOnlySpan<float> weights, Span<float> sum)
    {
        for (int tap = 0; tap < weights.Length; tap++)
        {
            var row = rows.Slice(tap * sum.Length, sum.Length);
            for (int x = 0; x < sum.Length; x++)
            {
                sum[x] += row[x] * weights[tap];
            }
        }
    }
}
