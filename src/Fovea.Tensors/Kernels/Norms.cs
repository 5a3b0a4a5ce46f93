using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>Normalisation of one row.</summary>
internal static unsafe class Norms
{
    /// <summary>y = w ⊙ (x · (mean(x²) + ε)^-½).</summary>
    public static void Rms<V>(float* x, float* weight, float* y, int width, float epsilon)
        where V : unmanaged, ILanes<V>
    {
        float scale = 1 / MathF.Sqrt((Sums.SumOfSquares<V>(x, width, 0) / width) + epsilon);
        Pointwise.Apply<V, CenteredTimes>(x, weight, y, width, new(0, scale));
    }

    /// <summary>y = (x − mean) · (variance + ε)^-½ ⊙ w + b.</summary>
    public static void Layer<V>(float* x, float* weight, float* bias, float* y, int width, float epsilon)
        where V : unmanaged, ILanes<V>
    {
        float mean = Sums.Sum<V>(x, width) / width;
        float scale = 1 / MathF.Sqrt((Sums.SumOfSquares<V>(x, width, mean) / width) + epsilon);
        Pointwise.Apply<V, CenteredTimes>(x, weight, y, width, new(mean, scale));
        Pointwise.Apply<V, MatrixSums.Sum>(y, bias, y, width, default);
    }

    /// <summary>(x − center) · scale · y.</summary>
    private readonly struct CenteredTimes(float center, float scale) : IPointwisePair
    {
        private readonly float _center = center;
        private readonly float _scale = scale;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x, V y)
            where V : unmanaged, ILanes<V> => (x - V.Broadcast(_center)) * V.Broadcast(_scale) * y;
    }
}
