using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

public sealed unsafe partial class Compute
{
    /// <summary>
    /// Rotary embedding by half rotation, in place: for each head and i &lt; d/2,
    /// (x_i, x_{i+d/2}) ← (x_i cos_i − x_{i+d/2} sin_i, x_{i+d/2} cos_i + x_i sin_i).
    /// </summary>
    /// <param name="x">[tokens, heads · d].</param>
    /// <param name="cos">[at least tokens, d/2], any attention factor already multiplied in.</param>
    /// <param name="sin">As <paramref name="cos"/>.</param>
    /// <exception cref="ArgumentException">The rows are not whole heads, there are too few angles, or a type is not f32.</exception>
    public void Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        int half = cos.RowLength;
        Check(half > 0 && x.RowLength % (2L * half) == 0, x, $"does not have rows of whole heads of 2 x {half}");
        Check(cos.Rows >= x.Rows, cos, $"has fewer rows than {x}");
        Check(sin.Shape == cos.Shape, sin, $"has not the shape of the cosines {cos}");
        var work = new RotateWork
        {
            Kernels = Kernels,
            X = x.Floats,
            Cos = cos.Floats,
            Sin = sin.Floats,
            Half = half,
            Heads = x.RowLength / (2 * half),
        };
        RunRows(x.Rows, x.RowLength, ref work);
    }

    private struct RotateWork : IRangeWork
    {
        public KernelSet Kernels;
        public float* X;
        public float* Cos;
        public float* Sin;
        public int Half;
        public int Heads;

        public readonly void Execute(int start, int end, int worker)
        {
            for (long row = start; row < end; row++)
            {
                Kernels.Rotate(X + (row * Heads * 2 * Half), Cos + (row * Half), Sin + (row * Half), Half, Heads);
            }
        }
    }
}
