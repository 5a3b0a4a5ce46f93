namespace Fovea.Benchmarks;

/// <summary>What numbers become in formats of ggml, for comparison. Formulas: the reference quantisers without an importance matrix, in f32.</summary>
internal static class GgmlFormats
{
    private const int Small = 32;
    private const int Super = 256;

    /// <summary>8 bits, a binary16 scale for 32 numbers.</summary>
    public static void RoundQ8Zero(Span<float> row)
    {
        for (int first = 0; first < row.Length; first += Small)
        {
            var block = row.Slice(first, Math.Min(Small, row.Length - first));
            float scale = Greatest(block) / 127, inverse = scale == 0 ? 0 : 1 / scale, stored = (float)(Half)scale;
            foreach (ref float value in block)
            {
                value = MathF.Round(value * inverse, MidpointRounding.AwayFromZero) * stored;
            }
        }
    }

    /// <summary>4 bits, a binary16 scale for 32 numbers, of which the one of greatest magnitude becomes −8.</summary>
    public static void RoundQ4Zero(Span<float> row)
    {
        for (int first = 0; first < row.Length; first += Small)
        {
            var block = row.Slice(first, Math.Min(Small, row.Length - first));
            float scale = Extreme(block) / -8, inverse = scale == 0 ? 0 : 1 / scale, stored = (float)(Half)scale;
            foreach (ref float value in block)
            {
                value = (MathF.Min(15, MathF.Truncate((value * inverse) + 8.5f)) - 8) * stored;
            }
        }
    }

    /// <summary>8 bits for activations, an f32 scale for 256 numbers.</summary>
    public static void RoundQ8K(Span<float> row)
    {
        for (int first = 0; first < row.Length; first += Super)
        {
            var block = row.Slice(first, Math.Min(Super, row.Length - first));
            float extreme = Extreme(block), factor = extreme == 0 ? 0 : -127 / extreme;
            foreach (ref float value in block)
            {
                value = factor == 0 ? 0 : MathF.Min(127, MathF.Round(value * factor)) / factor;
            }
        }
    }

    /// <summary>4 bits with scale and minimum for 32 numbers, these in 6 bits with two binary16 scales for 256. Rows are a multiple of 256 long.</summary>
    public static void RoundQ4K(Span<float> row)
    {
        Span<float> scales = stackalloc float[Super / Small], minima = stackalloc float[Super / Small];
        Span<int> codes = stackalloc int[Super];
        for (int first = 0; first < row.Length; first += Super)
        {
            var block = row.Slice(first, Super);
            float maxScale = 0, maxMinimum = 0;
            for (int g = 0; g < scales.Length; g++)
            {
                (scales[g], minima[g]) = Search(block.Slice(g * Small, Small), codes.Slice(g * Small, Small));
                (maxScale, maxMinimum) = (MathF.Max(maxScale, scales[g]), MathF.Max(maxMinimum, minima[g]));
            }

            float scaleFactor = maxScale > 0 ? 63 / maxScale : 0, minimumFactor = maxMinimum > 0 ? 63 / maxMinimum : 0;
            float d = (float)(Half)(maxScale / 63), dmin = (float)(Half)(maxMinimum / 63);
            for (int g = 0; g < scales.Length; g++)
            {
                float scale = d * MathF.Min(63, MathF.Round(scaleFactor * scales[g])), minimum = dmin * MathF.Min(63, MathF.Round(minimumFactor * minima[g]));
                for (int i = g * Small; i < (g + 1) * Small; i++)
                {
                    int code = scale == 0 ? codes[i] : (int)Math.Clamp(MathF.Round((block[i] + minimum) / scale), 0, 15);
                    block[i] = (scale * code) - minimum;
                }
            }
        }
    }

    private static (float Scale, float Minimum) Search(ReadOnlySpan<float> x, Span<int> codes)
    {
        float squares = 0, low = 0, high = x[0];
        foreach (float value in x)
        {
            (squares, low, high) = (squares + (value * value), MathF.Min(low, value), MathF.Max(high, value));
        }

        if (high == low)
        {
            codes.Clear();
            return (0, -low);
        }

        float mean = MathF.Sqrt(squares / Small), scale = (high - low) / 15, best = 0;
        Span<int> tried = stackalloc int[Small];
        for (int i = 0; i < Small; i++)
        {
            codes[i] = (int)Math.Clamp(MathF.Round((x[i] - low) / scale), 0, 15);
            float error = (scale * codes[i]) + low - x[i];
            best += (mean + MathF.Abs(x[i])) * error * error;
        }

        for (int step = 0; step <= 20; step++)
        {
            float inverse = (-1 + (0.1f * step) + 15) / (high - low), w = 0, wx = 0, wl = 0, wll = 0, wlx = 0;
            for (int i = 0; i < Small; i++)
            {
                tried[i] = (int)Math.Clamp(MathF.Round(inverse * (x[i] - low)), 0, 15);
                float weight = mean + MathF.Abs(x[i]);
                (w, wx, wl) = (w + weight, wx + (weight * x[i]), wl + (weight * tried[i]));
                (wll, wlx) = (wll + (weight * tried[i] * tried[i]), wlx + (weight * tried[i] * x[i]));
            }

            float determinant = (w * wll) - (wl * wl);
            if (determinant <= 0)
            {
                continue;
            }

            float s = ((w * wlx) - (wx * wl)) / determinant, m = ((wll * wx) - (wl * wlx)) / determinant, sum = 0;
            (s, m) = m > 0 ? (wlx / wll, 0) : (s, m);
            for (int i = 0; i < Small; i++)
            {
                float error = (s * tried[i]) + m - x[i];
                sum += (mean + MathF.Abs(x[i])) * error * error;
            }

            if (sum < best)
            {
                (best, scale, low) = (sum, s, m);
                tried.CopyTo(codes);
            }
        }

        return (scale, -low);
    }

    private static float Greatest(ReadOnlySpan<float> block) => MathF.Abs(Extreme(block));

    private static float Extreme(ReadOnlySpan<float> block)
    {
        float extreme = 0;
        foreach (float value in block)
        {
            extreme = MathF.Abs(value) > MathF.Abs(extreme) ? value : extreme;
        }

        return extreme;
    }
}
