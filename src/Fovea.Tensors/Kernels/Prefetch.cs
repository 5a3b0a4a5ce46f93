using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Fovea.Tensors.Kernels;

/// <summary>Asks the processor to fetch memory that will be read soon; any address may be given. It changes nothing but speed.</summary>
internal static unsafe class Prefetch
{
    /// <summary>Bytes of a cache line.</summary>
    public const int Line = 64;

    /// <summary>Fetches one line to the first-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Near(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    /// <summary>Fetches two lines of each row to the first-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rows(float* first, long stride, int rows)
    {
        for (int row = 0; row < rows; row++, first += stride)
        {
            Near(first);
            Near((byte*)first + Line);
        }
    }

    /// <summary>Fetches a range to the second-level cache.</summary>
    public static void Range(byte* start, long length)
    {
        for (byte* line = start; Sse.IsSupported && line < start + length; line += Line)
        {
            Sse.Prefetch1(line);
        }
    }
}
