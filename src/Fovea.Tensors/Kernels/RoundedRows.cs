using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// Rounds activations to signed bytes, by row and group: with m the greatest magnitude of a group, scale = m / 127 and q = x · (127 / m) to the nearest
/// integer, ties to even. A group with NaN or infinity has the scale NaN; one below 2^-100 counts as zero.
/// </summary>
internal static unsafe class RoundedRows
{
    private const float Least = 7.8886e-31f;
    private const int Levels = 127;

    /// <summary>Rounds the rows of one panel.</summary>
    /// <param name="source">The first row; rows follow each other.</param>
    /// <param name="rows">1 to 12.</param>
    /// <param name="layout">Inputs, their groups, and the offset of the weights.</param>
    /// <param name="codes">[padded inputs/4][rows][4].</param>
    /// <param name="scales">For each group the scales of the rows, and what their sums begin with: −offset · Σq, as integers.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<V>(float* source, int rows, in IntegerPanels layout, sbyte* codes, float* scales)
        where V : unmanaged, ILanes<V>
    {
        for (int row = 0; row < rows; row++, source += layout.Inputs)
        {
            for (int group = 0; group < layout.Groups; group++)
            {
                long first = (long)group * layout.Group;
                int count = (int)Math.Min(layout.Group, layout.Inputs - first);
                float* places = scales + ((long)group * 2 * rows) + row;
                int sum = Round<V>(source + first, count, (int*)codes + (first / 4 * rows) + row, rows, out places[0]);
                places[rows] = BitConverter.Int32BitsToSingle(-layout.Offset * sum);
            }
        }
    }

    private static int Round<V>(float* x, int count, int* codes, int stride, out float scale)
        where V : unmanaged, ILanes<V>
    {
        float* last = stackalloc float[IntegerPanels.Unit];
        int whole = count / IntegerPanels.Unit * IntegerPanels.Unit, rest = count - whole;
        new ReadOnlySpan<float>(x + whole, rest).CopyTo(new Span<float>(last, rest));
        new Span<float>(last + rest, IntegerPanels.Unit - rest).Clear();
        V greatest = default, undefined = default;
        Measure(x, whole, ref greatest, ref undefined);
        Measure(last, rest == 0 ? 0 : IntegerPanels.Unit, ref greatest, ref undefined);
        float m = V.Max(greatest), nan = V.Sum(undefined);
        scale = (m / Levels) + nan;
        float factor = float.IsNaN(nan) || m < Least ? 0 : Levels / m;
        scale = m < Least ? nan : scale;
        V sum = default;
        Quadruples(x, whole, factor, codes, stride, ref sum);
        Quadruples(last, rest == 0 ? 0 : IntegerPanels.Unit, factor, codes + (whole / 4 * stride), stride, ref sum);
        return (int)V.Sum(sum);
    }

    // x · 0 is NaN where x is NaN or infinite.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Measure<V>(float* x, int count, ref V greatest, ref V undefined)
        where V : unmanaged, ILanes<V>
    {
        V most = greatest, nan = undefined;
        for (int i = 0; i < count; i += V.Count)
        {
            V value = V.Load(x + i);
            most = V.Max(V.And(value, 0x7FFFFFFF), most);
            nan = V.MultiplyAdd(value, default, nan);
        }

        (greatest, undefined) = (most, nan);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Quadruples<V>(float* x, int count, float factor, int* codes, int stride, ref V sum)
        where V : unmanaged, ILanes<V>
    {
        sbyte* unit = stackalloc sbyte[IntegerPanels.Unit];
        V scale = V.Broadcast(factor), shift = V.Broadcast(ILanes<V>.Shift), total = sum;
        for (int start = 0; start < count; start += IntegerPanels.Unit)
        {
            for (int i = 0; i < IntegerPanels.Unit; i += V.Count)
            {
                V rounded = V.MultiplyAdd(V.Load(x + start + i), scale, shift);
                rounded.StoreBytes(unit + i);
                total += rounded - shift;
            }

            for (int i = 0; i < IntegerPanels.Unit / 4; i++, codes += stride)
            {
                *codes = ((int*)unit)[i];
            }
        }

        sum = total;
    }
}
