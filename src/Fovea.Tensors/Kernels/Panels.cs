using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// The packed layout of both operands of a matrix product: so many rows of a row-major matrix side by side, k-major, [k][width], padded with rows of zeros.
/// </summary>
internal static unsafe class Panels
{
    /// <summary>Width of a panel of activations.</summary>
    public const int Rows = 12;

    /// <summary>Width of a panel of weights, which are the columns of the product.</summary>
    public const int Columns = 32;

    // Four rows of 128 numbers stay in the first-level cache even where all rows fall into one set of it.
    private const int Chunk = 128;

    /// <summary>Panels that so many rows take.</summary>
    public static int Count(int rows, int width) => (int)(((long)rows + width - 1) / width);

    /// <summary>Packs f32 rows: destination[i · width + r] = source[r · stride + i] for i &lt; k and r &lt; rows, zero for the other r.</summary>
    /// <param name="source">The first row.</param>
    /// <param name="stride">Numbers from one row to the next.</param>
    /// <param name="rows">1 to <paramref name="width"/>.</param>
    /// <param name="k">Numbers of a row.</param>
    /// <param name="destination">[k][width].</param>
    /// <param name="width">A multiple of 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(float* source, long stride, int rows, int k, float* destination, int width)
    {
        for (int start = 0; start < k; start += Chunk)
        {
            int count = Math.Min(Chunk, k - start);
            for (int row = 0; row < width; row += 4)
            {
                int present = Math.Clamp(rows - row, 0, 4);
                Interleave(source + (row * stride) + start, stride, present, count, destination + ((long)start * width) + row, width);
            }
        }
    }

    /// <summary>Packs f32 columns: destination[i · width + c] = source[i · stride + c] for i &lt; k and c &lt; columns, zero for the other c.</summary>
    public static void PackColumns(float* source, long stride, int columns, int k, float* destination, int width)
    {
        for (int i = 0; i < k; i++)
        {
            var row = new Span<float>(destination + ((long)i * width), width);
            new ReadOnlySpan<float>(source + (i * stride), columns).CopyTo(row);
            row[columns..].Clear();
        }
    }

    /// <summary>Packs rows of f32, f16 or bf16, widened to f32, as <see cref="Pack(float*, long, int, int, float*, int)"/> does.</summary>
    public static void Pack(byte* source, ElementType type, int rows, int k, float* destination, int width)
    {
        if (type == ElementType.F32)
        {
            Pack((float*)source, k, rows, k, destination, width);
            return;
        }

        int bytes = type.Bytes();
        float* wide = stackalloc float[4 * Chunk];
        for (int start = 0; start < k; start += Chunk)
        {
            int count = Math.Min(Chunk, k - start);
            for (int row = 0; row < width; row += 4)
            {
                int present = Math.Clamp(rows - row, 0, 4);
                for (int r = 0; r < present; r++)
                {
                    byte* from = source + ((((long)(row + r) * k) + start) * bytes);
                    Widen.Convert(new ReadOnlySpan<byte>(from, count * bytes), type, new Span<float>(wide + (r * Chunk), count));
                }

                Interleave(wide, Chunk, present, count, destination + ((long)start * width) + row, width);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(float* source, long stride, int rows, int count, float* destination, int width)
    {
        int i = 0;
        if (Sse.IsSupported && rows == 4)
        {
            float* second = source + stride, third = second + stride, fourth = third + stride;
            for (; i + 4 <= count; i += 4)
            {
                var r0 = Vector128.Load(source + i);
                var r1 = Vector128.Load(second + i);
                var r2 = Vector128.Load(third + i);
                var r3 = Vector128.Load(fourth + i);
                var low01 = Sse.UnpackLow(r0, r1);
                var low23 = Sse.UnpackLow(r2, r3);
                var high01 = Sse.UnpackHigh(r0, r1);
                var high23 = Sse.UnpackHigh(r2, r3);
                Sse.MoveLowToHigh(low01, low23).Store(destination);
                Sse.MoveHighToLow(low23, low01).Store(destination + width);
                Sse.MoveLowToHigh(high01, high23).Store(destination + (2 * width));
                Sse.MoveHighToLow(high23, high01).Store(destination + (3 * width));
                destination += 4 * width;
            }
        }

        for (; i < count; i++, destination += width)
        {
            for (int r = 0; r < 4; r++)
            {
                destination[r] = r < rows ? source[(r * stride) + i] : 0;
            }
        }
    }
}
