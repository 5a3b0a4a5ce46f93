using Fovea.Tensors;

namespace Fovea.Reduction;

/// <summary>Means over attention heads.</summary>
public static class HeadMean
{
    /// <summary>The mean over heads of each candidate's value: [heads, candidates] → [candidates].</summary>
    public static void Of(Tensor values, Span<float> mean)
    {
        mean.Clear();
        for (int head = 0; head < values.Rows; head++)
        {
            System.Numerics.Tensors.TensorPrimitives.Add<float>(mean, values.Row<float>(head), mean);
        }

        System.Numerics.Tensors.TensorPrimitives.Divide<float>(mean, values.Rows, mean);
    }
}
