using Fovea.Tensors.Kernels;
using Fovea.Tensors.Threading;

namespace Fovea.Tensors.Ops;

public sealed unsafe partial class Compute
{
    // Work is cut between numbers of one tensor in pieces of this length.
    private const int PieceLength = 4096;

    /// <summary>x ← f(x), in place.</summary>
    /// <remarks>
    /// Relative error for |x| ≤ 10, the tail of negative x included: 1e-6 for GELU and SiLU, 2e-6 for quick GELU; 4e-6 for the tanh form and |x| ≤ 6.
    /// A number gives the same bits wherever it stands.
    /// </remarks>
    /// <exception cref="InvalidOperationException">A type other than f32.</exception>
    public void Activate(Tensor x, Activation activation)
    {
        var work = new ActivationWork { Kernels = Kernels, X = x.Floats, Count = x.Shape.Count, Activation = activation };
        RunPieces(x.Shape.Count, ref work);
    }

    /// <summary>x ← x + y, in place; returns <paramref name="x"/>.</summary>
    /// <exception cref="ArgumentException">The shapes hold different numbers of elements.</exception>
    public Tensor AddInto(Tensor x, Tensor y)
    {
        Check(x.Shape.Count == y.Shape.Count, y, $"does not have the elements of {x}");
        var work = new AddWork { Kernels = Kernels, X = x.Floats, Y = y.Floats, Count = x.Shape.Count };
        RunPieces(x.Shape.Count, ref work);
        return x;
    }

    private void RunPieces<TWork>(long count, ref TWork work)
        where TWork : struct, IRangeWork => Workers.Run(checked((int)((count + PieceLength - 1) / PieceLength)), NumbersPerThread / PieceLength, ref work);

    private struct ActivationWork : IRangeWork
    {
        public KernelSet Kernels;
        public float* X;
        public long Count;
        public Activation Activation;

        public readonly void Execute(int start, int end, int worker)
        {
            for (long i = (long)start * PieceLength; i < Math.Min((long)end * PieceLength, Count); i += PieceLength)
            {
                Kernels.Activate(Activation, X + i, (int)Math.Min(PieceLength, Count - i));
            }
        }
    }

    private struct AddWork : IRangeWork
    {
        public KernelSet Kernels;
        public float* X;
        public float* Y;
        public long Count;

        public readonly void Execute(int start, int end, int worker)
        {
            for (long i = (long)start * PieceLength; i < Math.Min((long)end * PieceLength, Count); i += PieceLength)
            {
                Kernels.Add(X + i, Y + i, (int)Math.Min(PieceLength, Count - i));
            }
        }
    }
}
