using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>Sums of rows, and the rotation of pairs within a row.</summary>
internal static unsafe class Rows
{
    /// <summary>x += y.</summary>
    public static void Add<V>(float* x, float* y, int count)
        where V : unmanaged, ILanes<V> => Pointwise.Apply<V, MatrixSums.Sum>(x, y, x, count, default);

    /// <summary>destination = Σ weights[e] · source[columns[e]] in this order; a single entry of weight 1 gives an exact copy, none gives zeros.</summary>
    public static void Combine<V>(float* source, int width, int* columns, float* weights, int entries, float* destination)
        where V : unmanaged, ILanes<V>
    {
        if (entries == 0)
        {
            new Span<float>(destination, width).Clear();
        }

        for (int e = 0; e < entries; e++)
        {
            float* row = source + ((long)columns[e] * width);
            if (e == 0)
            {
                Pointwise.Apply<V, AttentionRow.Scaled>(row, destination, width, new(weights[e]));
            }
            else
            {
                Pointwise.Apply<V, AttentionRow.ScaledWithBias>(row, destination, destination, width, new(weights[e]));
            }
        }
    }

    /// <summary>(x_i, x_{i+half}) ← (x_i cos_i − x_{i+half} sin_i, x_{i+half} cos_i + x_i sin_i) for each head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rotate<V>(float* x, float* cos, float* sin, int half, int heads)
        where V : unmanaged, ILanes<V>
    {
        for (int head = 0; head < heads; head++, x += 2 * half)
        {
            int i = 0;
            for (; i + V.Count <= half; i += V.Count)
            {
                Rotate(x + i, x + half + i, V.Load(cos + i), V.Load(sin + i));
            }

            for (; i < half; i++)
            {
                Rotate(x + i, x + half + i, Lanes1.Load(cos + i), Lanes1.Load(sin + i));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rotate<V>(float* first, float* second, V cos, V sin)
        where V : unmanaged, ILanes<V>
    {
        V a = V.Load(first), b = V.Load(second);
        V.MultiplyAdd(a, cos, b * (V.Broadcast(0) - sin)).Store(first);
        V.MultiplyAdd(b, cos, a * sin).Store(second);
    }
}
