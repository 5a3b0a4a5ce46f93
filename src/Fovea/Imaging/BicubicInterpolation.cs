namespace Fovea.Imaging;

/// <summary>
/// Bicubic interpolation of a grid of vectors as <c>torch.nn.functional.interpolate(mode="bicubic", align_corners=False)</c> without antialiasing: the
/// cubic of Keys with
/// a = −0.75, half-pixel centres, borders repeated. InternViT fits its position table to another grid with it.
/// </summary>
public static class BicubicInterpolation
{
    private const float A = -0.75f;
    private const int Taps = 4;

    /// <summary>Resizes a grid; one of the same size is copied.</summary>
    /// <param name="values">[rows, columns, channels].</param>
    /// <param name="from">Rows and columns of <paramref name="values"/>.</param>
    /// <param name="channels">The length of a vector, ≥ 1.</param>
    /// <param name="to">Rows and columns wanted, at least 1 x 1.</param>
    /// <returns>[rows, columns, channels] of the new size.</returns>
    /// <exception cref="ArgumentException">The values do not fill the grid, or a size is below 1.</exception>
    public static float[] Resize(ReadOnlySpan<float> values, ImageSize from, int channels, ImageSize to)
    {
        if (channels < 1 || to.Height < 1 || to.Width < 1 || values.Length != from.Area * channels || values.IsEmpty)
        {
            throw new ArgumentException($"{values.Length} numbers are not {from} vectors of {channels}, or cannot be resized to {to}.", nameof(values));
        }

        if (from == to)
        {
            return values.ToArray();
        }

        var rows = Weights(from.Height, to.Height);
        var columns = Weights(from.Width, to.Width);
        var result = new float[checked(to.Height * to.Width * channels)];
        for (int y = 0; y < to.Height; y++)
        {
            for (int x = 0; x < to.Width; x++)
            {
                var sum = result.AsSpan(((y * to.Width) + x) * channels, channels);
                for (int i = 0; i < Taps; i++)
                {
                    for (int j = 0; j < Taps; j++)
                    {
                        var (row, rowWeight) = rows[(y * Taps) + i];
                        var (column, columnWeight) = columns[(x * Taps) + j];
                        Add(values.Slice(((row * from.Width) + column) * channels, channels), rowWeight * columnWeight, sum);
                    }
                }
            }
        }

        return result;
    }

    private static void Add(ReadOnlySpan<float> vector, float weight, Span<float> sum)
    {
        for (int c = 0; c < sum.Length; c++)
        {
            sum[c] += weight * vector[c];
        }
    }

    private static (int Index, float Weight)[] Weights(int inputs, int outputs)
    {
        var weights = new (int, float)[outputs * Taps];
        float scale = (float)inputs / outputs;
        for (int i = 0; i < outputs; i++)
        {
            float centre = (scale * (i + 0.5f)) - 0.5f;
            int low = (int)MathF.Floor(centre);
            float t = centre - low;
            ReadOnlySpan<float> taps = [Outer(t + 1), Inner(t), Inner(1 - t), Outer(2 - t)];
            for (int tap = 0; tap < Taps; tap++)
            {
                weights[(i * Taps) + tap] = (Math.Clamp(low - 1 + tap, 0, inputs - 1), taps[tap]);
            }
        }

        return weights;
    }

    private static float Inner(float x) => ((((A + 2) * x) - (A + 3)) * x * x) + 1;

    private static float Outer(float x) => ((((A * x) - (5 * A)) * x) + (8 * A)) * x - (4 * A);
}
