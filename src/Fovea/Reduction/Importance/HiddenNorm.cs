using Fovea.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Fovea.Reduction.Importance;

/// <summary>Norms of hidden states.</summary>
public static class HiddenNorm
{
    /// <summary>The p-norm of every row.</summary>
    /// <param name="states">[n, width].</param>
    /// <param name="p">At least 1.</param>
    public static float[] Of(Tensor states, int p)
    {
        var norms = new float[states.Rows];
        for (int i = 0; i < norms.Length; i++)
        {
            var row = states.Row<float>(i);
            norms[i] = p switch
            {
                1 => TensorPrimitives.SumOfMagnitudes<float>(row),
                2 => TensorPrimitives.Norm<float>(row),
                _ => Power(row, p),
            };
        }

        return norms;
    }

    private static float Power(ReadOnlySpan<float> row, int p)
    {
        double sum = 0;
        foreach (float value in row)
        {
            sum += Math.Pow(Math.Abs((double)value), p);
        }

        return (float)Math.Pow(sum, 1.0 / p);
    }
}
