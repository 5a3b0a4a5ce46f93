using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

public sealed unsafe partial class Compute
{
    /// <summary>w ⊙ (x · (mean(x²) + ε)^-½) for every row.</summary>
    /// <param name="x">[rows, n · width]; every width is normalised by itself.</param>
    /// <param name="weight">[width].</param>
    /// <param name="epsilon">ε.</param>
    /// <returns>[rows, n · width], rented.</returns>
    /// <exception cref="ArgumentException">The weight has another width, or a type is not f32.</exception>
    public Tensor RmsNorm(Tensor x, Tensor weight, float epsilon) => Normalize(x, weight, null, epsilon);

    /// <summary>(x − mean) · (variance + ε)^-½ ⊙ w + b for every row, with the population variance.</summary>
    /// <param name="x">[rows, n · width]; every width is normalised by itself.</param>
    /// <param name="weight">w [width].</param>
    /// <param name="bias">b [width].</param>
    /// <param name="epsilon">ε.</param>
    /// <returns>[rows, n · width], rented.</returns>
    /// <exception cref="ArgumentException">Weight or bias have another width, or a type is not f32.</exception>
    public Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon)
    {
        Check(bias.Shape.Count == weight.Shape.Count, bias, $"is not one number for each of the {weight.Shape.Count} weights");
        return Normalize(x, weight, bias, epsilon);
    }

    private Tensor Normalize(Tensor x, Tensor weight, Tensor? bias, float epsilon)
    {
        int width = (int)weight.Shape.Count;
        Check(width > 0 && x.RowLength % width == 0, weight, $"is not one number for each of {x.RowLength} of a row, or of a part of it");
        int rows = x.Rows * (x.RowLength / width);
        var y = Rent(x.Rows, x.RowLength);
        var work = new NormWork
        {
            Kernels = Kernels,
            X = x.Floats,
            Weight = weight.Floats,
            Bias = bias is null ? null : bias.Floats,
            Y = y.Floats,
            Width = width,
            Epsilon = epsilon,
        };
        RunRows(rows, width, ref work);
        return y;
    }

    private void RunRows<TWork>(int rows, int width, ref TWork work)
        where TWork : struct, IRangeWork => Workers.Run(rows, (NumbersPerThread / Math.Max(1, width)) + 1, ref work);

    private struct NormWork : IRangeWork
    {
        public KernelSet Kernels;
        public float* X;
        public float* Weight;
        public float* Bias;
        public float* Y;
        public int Width;
        public float Epsilon;

        public readonly void Execute(int start, int end, int worker)
        {
            for (long row = start; row < end; row++)
            {
                float* x = X + (row * Width), y = Y + (row * Width);
                if (Bias == null)
                {
                    Kernels.RmsNorm(x, Weight, y, Width, Epsilon);
                }
                else
                {
                    Kernels.LayerNorm(x, Weight, Bias, y, Width, Epsilon);
                }
            }
        }
    }
}
