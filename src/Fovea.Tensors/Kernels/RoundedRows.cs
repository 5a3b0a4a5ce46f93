using System.Runtime.CompilerServices;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// Rounds activations to signed bytes, by row and group: with m the greatest magnitude of a group, scale = m / 127 and q = x · (127 / m) to the nearest
/// integer, ties to even. A group below 2^-100 counts as zero; in a row with NaN or infinity the scale of the first group is NaN.
/// </summary>
internal static unsafe class RoundedRows
{
    private const float Least = 7.8886e-31f;
    private const int Levels = 127;
    private const int StepsOfUnit = IntegerPanels.Unit / 4;
    private const uint Magnitude = 0x7FFFFFFF;

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
        float* last = stackalloc float[IntegerPanels.Unit];
        int* bytes = stackalloc int[StepsOfUnit];
        int units = layout.Inputs / IntegerPanels.Unit, rest = layout.Inputs % IntegerPanels.Unit, unitsOfGroup = layout.Group / IntegerPanels.Unit;
        for (int row = 0; row < rows; row++, source += layout.Inputs)
        {
            if (rest > 0)
            {
                new ReadOnlySpan<float>(source + layout.Inputs - rest, rest).CopyTo(new Span<float>(last, rest));
                new Span<float>(last + rest, IntegerPanels.Unit - rest).Clear();
            }

            int* to = (int*)codes + row;
            float* place = scales + row;
            V most = default;
            for (int unit = 0; unit < units + (rest > 0 ? 1 : 0); unit += unitsOfGroup, to += unitsOfGroup * StepsOfUnit * rows, place += 2 * rows)
            {
                int whole = Math.Min(unitsOfGroup, units - unit);
                float* x = source + ((long)unit * IntegerPanels.Unit);
                float* end = whole < unitsOfGroup && rest > 0 ? last : null;
                place[rows] = BitConverter.Int32BitsToSingle(-layout.Offset * Round(x, whole, end, bytes, to, rows, ref *place, ref most));
            }

            // x · 0 is NaN where x is NaN or infinite.
            scales[row] += V.Sum(most * default(V));
        }
    }

    // A group is so many units, and perhaps one more that lies elsewhere. Returns the sum of the integers. Magnitudes are compared as integers, among which NaN is the greatest.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Round<V>(float* x, int units, float* last, int* bytes, int* codes, long stride, ref float scale, ref V most)
        where V : unmanaged, ILanes<V>
    {
        V greatest = default;
        for (int unit = 0; unit < units; unit++)
        {
            Measure(x + (unit * IntegerPanels.Unit), ref greatest);
        }

        if (last != null)
        {
            Measure(last, ref greatest);
        }

        most = V.MaxIntegers(greatest, most);
        float m = V.Max(greatest);
        bool isZero = m < Least;
        scale = isZero ? 0 : m / Levels;
        V factor = V.Broadcast(isZero ? 0 : Levels / m), sum = default;
        for (int unit = 0; unit < units; unit++, codes += StepsOfUnit * stride)
        {
            Encode(x + (unit * IntegerPanels.Unit), factor, bytes, codes, stride, ref sum);
        }

        if (last != null)
        {
            Encode(last, factor, bytes, codes, stride, ref sum);
            units++;
        }

        // Every lane holds so many times the bits of the shift besides.
        int shifts = units * (IntegerPanels.Unit / V.Count) * BitConverter.SingleToInt32Bits(ILanes<V>.Shift);
        return (int)V.Sum(V.FromIntegers(V.AddIntegers(sum, V.Broadcast(BitConverter.Int32BitsToSingle(-shifts)))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Measure<V>(float* x, ref V greatest)
        where V : unmanaged, ILanes<V>
    {
        for (int i = 0; i < IntegerPanels.Unit; i += V.Count)
        {
            greatest = V.MaxIntegers(V.And(V.Load(x + i), Magnitude), greatest);
        }
    }

    // The lowest byte of a number that is raised by the shift is the integer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Encode<V>(float* x, V factor, int* bytes, int* codes, long stride, ref V sum)
        where V : unmanaged, ILanes<V>
    {
        V shift = V.Broadcast(ILanes<V>.Shift);
        for (int i = 0; i < IntegerPanels.Unit; i += V.Count)
        {
            V rounded = V.MultiplyAdd(V.Load(x + i), factor, shift);
            rounded.StoreBytes((sbyte*)bytes + i);
            sum = V.AddIntegers(sum, rounded);
        }

        // The runtime unrolls no loops.
        *codes = bytes[0];
        *(codes += stride) = bytes[1];
        *(codes += stride) = bytes[2];
        *(codes += stride) = bytes[3];
        *(codes += stride) = bytes[4];
        *(codes += stride) = bytes[5];
        *(codes += stride) = bytes[6];
        *(codes + stride) = bytes[7];
    }
}
