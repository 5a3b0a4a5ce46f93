using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>Loops that apply a function to every number of a row. Lanes that fill no vector are done one by one, with the same bits.</summary>
internal static unsafe class Pointwise
{
    /// <summary>destination[i] = f(x[i]); the two may be the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<V, TFunction>(float* x, float* destination, int count, TFunction f)
        where V : unmanaged, ILanes<V>
        where TFunction : struct, IPointwise
    {
        int i = 0;
        for (; i + V.Count <= count; i += V.Count)
        {
            f.Of(V.Load(x + i)).Store(destination + i);
        }

        for (; i < count; i++)
        {
            f.Of(Lanes1.Load(x + i)).Store(destination + i);
        }
    }

    /// <summary>destination[i] = f(x[i], y[i]); the three may be the same.</summary>
    public static void Apply<V, TFunction>(float* x, float* y, float* destination, int count, TFunction f)
        where V : unmanaged, ILanes<V>
        where TFunction : struct, IPointwisePair => Apply<V, TFunction>(new Plane { X = x, Y = y, Destination = destination, Rows = 1, Columns = count }, f);

    /// <summary>The same for several rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply<V, TFunction>(in Plane p, TFunction f)
        where V : unmanaged, ILanes<V>
        where TFunction : struct, IPointwisePair
    {
        float* x = p.X, y = p.Y, destination = p.Destination;
        int columns = p.Columns;
        for (int row = 0; row < p.Rows; row++, x += p.StrideOfX, y += p.StrideOfY, destination += p.Stride)
        {
            int i = 0;
            for (; i + V.Count <= columns; i += V.Count)
            {
                f.Of(V.Load(x + i), V.Load(y + i)).Store(destination + i);
            }

            for (; i < columns; i++)
            {
                f.Of(Lanes1.Load(x + i), Lanes1.Load(y + i)).Store(destination + i);
            }
        }
    }
}
