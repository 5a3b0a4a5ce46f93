namespace Fovea.Imaging.Resampling;

/// <summary>The weights of one axis in float32, as PyTorch computes them for float32 tensors.</summary>
internal sealed record FloatWeights(int[] Starts, float[][] Weights)
{
    public static FloatWeights Compute(ResampleFilter filter, int inputs, int outputs)
    {
        float scale = (float)inputs / outputs;
        float support = (float)FilterFunction.Support(filter) * Math.Max(scale, 1f);
        float inverse = scale >= 1 ? 1f / scale : 1f;
        AxisWeights.CheckCount((long)outputs * (((int)MathF.Ceiling(support) * 2) + 1));
        var axis = new FloatWeights(new int[outputs], new float[outputs][]);
        for (int i = 0; i < outputs; i++)
        {
            float centre = scale * (i + 0.5f);
            int low = Math.Max(0, (int)(centre - support + 0.5f));
            var weights = new float[Math.Min(inputs, (int)(centre + support + 0.5f)) - low];
            float sum = 0;
            for (int j = 0; j < weights.Length; j++)
            {
                weights[j] = (float)FilterFunction.Evaluate(filter, (j + low - centre + 0.5f) * inverse);
                sum += weights[j];
            }

            for (int j = 0; j < weights.Length && sum != 0; j++)
            {
                weights[j] /= sum;
            }

            axis.Starts[i] = low;
            axis.Weights[i] = weights;
        }

        return axis;
    }
}
