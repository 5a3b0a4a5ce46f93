namespace Fovea.Imaging.Resampling;

/// <summary>Which input samples make each output sample along one axis, and with which normalised weights.</summary>
internal sealed class AxisWeights
{
    private AxisWeights(int[] starts, int[] counts, int stride, double[] weights)
    {
        Starts = starts;
        Counts = counts;
        Stride = stride;
        Weights = weights;
    }

    /// <summary>The first input sample of each output sample.</summary>
    public int[] Starts { get; }

    /// <summary>The number of input samples.</summary>
    public int[] Counts { get; }

    /// <summary>Weights set aside for each output sample.</summary>
    public int Stride { get; }

    /// <summary>[outputs, <see cref="Stride"/>]; zero behind the count.</summary>
    public double[] Weights { get; }

    /// <summary>Computes the weights in double precision.</summary>
    /// <param name="filter">Any filter but nearest.</param>
    /// <param name="inputs">Samples of the axis.</param>
    /// <param name="start">Where the resized part begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="outputs">Samples wanted.</param>
    public static AxisWeights Compute(ResampleFilter filter, int inputs, float start, float end, int outputs)
    {
        double scale = (double)(end - start) / outputs;
        double filterScale = Math.Max(scale, 1);
        double support = FilterFunction.Support(filter) * filterScale;
        double inverse = 1 / filterScale;
        int stride = ((int)Math.Ceiling(support) * 2) + 1;
        CheckCount((long)outputs * stride);
        var axis = new AxisWeights(new int[outputs], new int[outputs], stride, new double[outputs * stride]);
        for (int i = 0; i < outputs; i++)
        {
            double centre = start + ((i + 0.5) * scale);
            int low = Math.Max(0, (int)(centre - support + 0.5));
            int count = Math.Min(inputs, (int)(centre + support + 0.5)) - low;
            var weights = axis.Weights.AsSpan(i * stride, count);
            double sum = 0;
            for (int j = 0; j < count; j++)
            {
                weights[j] = FilterFunction.Evaluate(filter, (j + low - centre + 0.5) * inverse);
                sum += weights[j];
            }

            if (sum != 0)
            {
                for (int j = 0; j < count; j++)
                {
                    weights[j] /= sum;
                }
            }

            axis.Starts[i] = low;
            axis.Counts[i] = count;
        }

        return axis;
    }

    /// <summary>Refuses an axis whose weights would fill the memory.</summary>
    public static void CheckCount(long weights)
    {
        if (weights > ResizeLimits.MaxWeights)
        {
            throw new ArgumentException($"A side of this length needs {weights} weights to be resized; the limit is {ResizeLimits.MaxWeights}.");
        }
    }

    /// <summary>The weights times 2^<paramref name="bits"/>, rounded half away from zero.</summary>
    public FixedWeights ToFixed(int bits)
    {
        var fixedPoint = new int[Weights.Length];
        double one = 1L << bits;
        for (int i = 0; i < fixedPoint.Length; i++)
        {
            fixedPoint[i] = (int)((Weights[i] * one) + (Weights[i] < 0 ? -0.5 : 0.5));
        }

        return new FixedWeights(Starts, Counts, Stride, fixedPoint, bits);
    }
}
