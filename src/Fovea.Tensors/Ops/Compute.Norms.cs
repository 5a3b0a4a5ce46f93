namespace Fovea.Tensors.Ops;

public sealed partial class Compute
{
    /// <summary>w ⊙ x · (mean(x²) + ε)^-½ for every row.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="epsilon">ε.</param>
    /// <returns>[rows, width], rented.</returns>
    public Tensor RmsNorm(Tensor x, Tensor weight, float epsilon)
    {
        var y = Rent(x.Rows, x.RowLength);
        for (int r = 0; r < x.Rows; r++)
        {
            var xr = x.Row<float>(r);
            float scale = 1 / MathF.Sqrt((System.Numerics.Tensors.TensorPrimitives.SumOfSquares<float>(xr) / xr.Length) + epsilon);
            var yr = y.Row<float>(r);
            var w = weight.AsSpan<float>();
            for (int i = 0; i < xr.Length; i++)
            {
                yr[i] = w[i] * (xr[i] * scale);
            }
        }

        return y;
    }

    /// <summary>(x − mean) / √(variance + ε) · w + b for every row, with the population variance.</summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="weight">w [width].</param>
    /// <param name="bias">b [width].</param>
    /// <param name="epsilon">ε.</param>
    /// <returns>[rows, width], rented.</returns>
    public Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon)
    {
        var y = Rent(x.Rows, x.RowLength);
        for (int r = 0; r < x.Rows; r++)
        {
            var xr = x.Row<float>(r);
            double mean = 0, variance = 0;
            foreach (float v in xr)
            {
                mean += v;
            }

            mean /= xr.Length;
            foreach (float v in xr)
            {
                variance += (v - mean) * (v - mean);
            }

            variance /= xr.Length;
            float scale = (float)(1 / Math.Sqrt(variance + epsilon));
            for (int i = 0; i < xr.Length; i++)
            {
                y.Row<float>(r)[i] = ((float)(xr[i] - mean) * scale * weight.AsSpan<float>()[i]) + bias.AsSpan<float>()[i];
            }
        }

        return y;
    }
}
