using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>Panels of 16-bit weights, [k/2][32][2], made into panels of f32, [k][32].</summary>
internal static unsafe class WidenedPanel
{
    private const int Ahead = 32 * Panels.Columns;

    /// <summary>Widens a range of a panel of <paramref name="pairs"/> · 2 steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill<V, TPairs>(float* source, int pairs, float* destination)
        where V : unmanaged, ILanes<V>
        where TPairs : struct, IPairs
    {
        for (int i = 0; i < pairs; i++, source += Panels.Columns, destination += 2 * Panels.Columns)
        {
            for (int column = 0; column < Panels.Columns; column += V.Count)
            {
                Prefetch.Near(source + column + Ahead);
                TPairs.Widen(V.Load(source + column), out var first, out var second);
                first.Store(destination + column);
                second.Store(destination + Panels.Columns + column);
            }
        }
    }
}
