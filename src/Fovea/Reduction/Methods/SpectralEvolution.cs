using Fovea.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Methods;

/// <summary>
/// How much the fine structure of each visual token changes between two layers (CLSE, arXiv 2606.24165). Fine structure is what a Gaussian high-pass filter
/// around the zero frequency leaves of the grid of features. The filter is real and separable, |X − G·X|, so no transform is needed.
/// </summary>
public static class SpectralEvolution
{
    /// <summary>The magnitude of the filtered features, mean over channels.</summary>
    /// <param name="features">[cells of all grids, width], each grid in raster order.</param>
    /// <param name="sides">Sides of one grid, two or three.</param>
    /// <param name="cutoff">Width of the filter's gap, as a share of half the shortest side.</param>
    /// <param name="epsilon">Added to 2σ².</param>
    /// <returns>One number for each token, or none where a side is too short for the filter (σ = 0).</returns>
    public static float[]? Magnitude(Tensor features, IReadOnlyList<int> sides, double cutoff, double epsilon)
    {
        double sigma = sides.Min() / 2 * cutoff;
        int cells = sides.Aggregate(1, (product, side) => product * side);
        if (!(sigma > 0))
        {
            return null;
        }

        var smooth = features.AsSpan<float>().ToArray();
        int width = features.RowLength, inner = cells;
        foreach (int side in sides)
        {
            inner /= side;
            smooth = Smooth(smooth, Kernel(side, (2 * sigma * sigma) + epsilon), inner, width);
        }

        var magnitude = new float[features.Rows];
        var rest = new float[width];
        for (int i = 0; i < magnitude.Length; i++)
        {
            TensorPrimitives.Subtract(features.Row<float>(i), smooth.AsSpan(i * width, width), rest);
            magnitude[i] = TensorPrimitives.SumOfMagnitudes<float>(rest) / width;
        }

        return magnitude;
    }

    /// <summary>
    /// The change relative to the size, at most 1, standardised and through a sigmoid: near 1 for tokens that change more than others.
    /// </summary>
    /// <param name="before">Magnitudes at the reference layer.</param>
    /// <param name="now">Magnitudes at the scoring layer.</param>
    /// <param name="temperature">Of the sigmoid.</param>
    public static float[] Factors(float[] before, float[] now, double temperature)
    {
        double mean = TensorPrimitives.Sum<float>(before) / (double)before.Length;
        double[] change = [.. before.Zip(now, (u, v) => Math.Min(1, Math.Abs((double)v - u) / (mean + u + 1e-6)))];
        double average = change.Average();
        double deviation = Math.Sqrt(change.Sum(value => (value - average) * (value - average)) / (change.Length - 1));
        return Array.ConvertAll(change, value => (float)(1 / (1 + Math.Exp(-(value - average) / (deviation + 1e-6) / temperature))));
    }

    /// <summary>The low-pass filter along one side as weights by cyclic distance.</summary>
    private static float[] Kernel(int side, double doubleVariance)
    {
        var kernel = new float[side];
        for (int m = 0; m < side; m++)
        {
            double sum = 0;
            for (int i = 0; i < side; i++)
            {
                int frequency = i - (side / 2);
                sum += Math.Exp(-(double)(frequency * frequency) / doubleVariance) * Math.Cos(2 * Math.PI * frequency * m / side);
            }

            kernel[m] = (float)(sum / side);
        }

        return kernel;
    }

    /// <summary>Filters along one side: cells that lie <paramref name="inner"/> apart.</summary>
    private static float[] Smooth(float[] values, float[] kernel, int inner, int width)
    {
        int side = kernel.Length;
        var smooth = new float[values.Length];
        for (int cell = 0; cell < values.Length / width; cell++)
        {
            int place = cell / inner % side, first = cell - (place * inner);
            var sum = smooth.AsSpan(cell * width, width);
            for (int other = 0; other < side; other++)
            {
                var value = values.AsSpan((first + (other * inner)) * width, width);
                TensorPrimitives.MultiplyAdd(value, kernel[(place - other + side) % side], sum, sum);
            }
        }

        return smooth;
    }
}
