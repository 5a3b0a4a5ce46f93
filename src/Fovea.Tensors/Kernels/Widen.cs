using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Kernels;

/// <summary>Exact conversion of stored floating-point numbers to f32.</summary>
public static class Widen
{
    /// <summary>Widens row <paramref name="row"/> of an f32, f16 or bf16 tensor.</summary>
    /// <param name="source">[rows, …].</param>
    /// <param name="row">The row.</param>
    /// <param name="destination">At least as long as a row.</param>
    /// <exception cref="ArgumentException">The tensor holds no f32, f16 or bf16, or the destination is too short.</exception>
    public static void Row(Tensor source, int row, Span<float> destination)
    {
        if (source.ElementType is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            throw new ArgumentException($"{source} does not hold f32, f16 or bf16.", nameof(source));
        }

        Convert(source.RowBytes(row), source.ElementType, destination);
    }

    /// <summary>Widens binary16 numbers.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Convert(ReadOnlySpan<Half> source, Span<float> destination) => TensorPrimitives.ConvertToSingle(source, destination);

    /// <summary>Widens bfloat16 numbers.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Convert(ReadOnlySpan<BFloat16> source, Span<float> destination)
    {
        if (destination.Length < source.Length)
        {
            throw new ArgumentException($"{source.Length} numbers do not fit into {destination.Length}.", nameof(destination));
        }

        var bits = MemoryMarshal.Cast<BFloat16, ushort>(source);
        var wide = MemoryMarshal.Cast<float, uint>(destination);
        int i = 0;
        for (; i + Vector<ushort>.Count <= bits.Length; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(bits[i..]), out var low, out var high);
            Vector.ShiftLeft(low, 16).CopyTo(wide[i..]);
            Vector.ShiftLeft(high, 16).CopyTo(wide[(i + Vector<uint>.Count)..]);
        }

        for (; i < bits.Length; i++)
        {
            wide[i] = (uint)bits[i] << 16;
        }
    }

    internal static void Convert(ReadOnlySpan<byte> source, ElementType type, Span<float> destination)
    {
        switch (type)
        {
            case ElementType.F32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                break;
            case ElementType.F16:
                Convert(MemoryMarshal.Cast<byte, Half>(source), destination);
                break;
            case ElementType.BF16:
                Convert(MemoryMarshal.Cast<byte, BFloat16>(source), destination);
                break;
            default:
                throw new ArgumentException($"{type} is not f32, f16 or bf16.", nameof(type));
        }
    }
}
