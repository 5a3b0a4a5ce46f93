using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>What happens to block sums that were not put where they belong by the kernel itself.</summary>
internal static unsafe class MatrixSums
{
    /// <summary>C[rows, columns] ← or += sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Store<V>(float* sums, int stride, int rows, int columns, float* c, long cStride, bool add)
        where V : unmanaged, ILanes<V>
    {
        if (add)
        {
            Pointwise.Apply<V, Sum>(new Plane { X = c, StrideOfX = cStride, Y = sums, StrideOfY = stride, Destination = c, Stride = cStride, Rows = rows, Columns = columns }, default);
            return;
        }

        for (int r = 0; r < rows; r++, sums += stride, c += cStride)
        {
            new ReadOnlySpan<float>(sums, columns).CopyTo(new Span<float>(c, columns));
        }
    }

    /// <summary>x + y.</summary>
    public readonly struct Sum : IPointwisePair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x, V y)
            where V : unmanaged, ILanes<V> => x + y;
    }

    /// <summary>x · y.</summary>
    public readonly struct Product : IPointwisePair
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of<V>(V x, V y)
            where V : unmanaged, ILanes<V> => x * y;
    }
}
