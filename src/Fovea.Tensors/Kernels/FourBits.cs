using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fovea.Tensors.Kernels;

/// <summary>4-bit numbers of a panel: of 32 columns by 4 inputs, the first 64 in the lower halves of 64 bytes, the other 64 in the upper ones.</summary>
internal static unsafe class FourBits
{
    private const int Half = Panels.Columns * 4 / 2;

    /// <summary>Makes <paramref name="steps"/> · 64 bytes into twice as many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(byte* source, int steps, byte* destination)
    {
        for (int i = 0; i < steps; i++, source += Half, destination += 2 * Half)
        {
            for (int b = 0; b < Half; b += Vector256<byte>.Count)
            {
                var both = Vector256.Load(source + b);
                (both & Vector256.Create((byte)15)).Store(destination + b);
                ((both.AsUInt16() >> 4).AsByte() & Vector256.Create((byte)15)).Store(destination + Half + b);
            }
        }
    }

    /// <summary>The inverse of <see cref="Unpack"/>, for numbers from 0 to 15.</summary>
    public static void Pack(byte* source, int steps, byte* destination)
    {
        for (int i = 0; i < steps; i++, source += 2 * Half, destination += Half)
        {
            for (int b = 0; b < Half; b += Vector128<byte>.Count)
            {
                (Vector128.Load(source + b) | (Vector128.Load(source + Half + b).AsUInt16() << 4).AsByte()).Store(destination + b);
            }
        }
    }
}
