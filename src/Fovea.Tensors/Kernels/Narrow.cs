using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Kernels;

/// <summary>Converts binary32 to the 16-bit formats, rounding to nearest, ties to even.</summary>
public static class Narrow
{
    /// <summary>A copy of an f32 tensor in another type, owned by the caller.</summary>
    /// <param name="source">f32.</param>
    /// <param name="type">f32, f16 or bf16.</param>
    /// <exception cref="ArgumentException">Another type.</exception>
    /// <exception cref="OverflowException">A finite number becomes infinite.</exception>
    public static Tensor Copy(Tensor source, ElementType type)
    {
        if (type is not (ElementType.F32 or ElementType.F16 or ElementType.BF16))
        {
            throw new ArgumentException($"{type} is not f32, f16 or bf16.", nameof(type));
        }

        var copy = Tensor.Allocate(type, source.Shape);
        try
        {
            for (int row = 0; row < source.Rows; row++)
            {
                Row(source.Row<float>(row), copy, row);
            }
        }
        catch
        {
            copy.Dispose();
            throw;
        }

        return copy;
    }

    private static void Row(ReadOnlySpan<float> values, Tensor copy, int row)
    {
        switch (copy.ElementType)
        {
            case ElementType.F16:
                TensorPrimitives.ConvertToHalf(values, copy.Row<Half>(row));
                CheckFinite(values, copy.Row<Half>(row));
                break;
            case ElementType.BF16:
                Convert(values, copy.Row<BFloat16>(row));
                break;
            default:
                values.CopyTo(copy.Row<float>(row));
                break;
        }
    }

    /// <summary>Rounds to bfloat16. A finite number may become infinite; NaN stays NaN.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void Round(ReadOnlySpan<float> source, Span<BFloat16> destination)
    {
        if (destination.Length < source.Length)
        {
            throw new ArgumentException($"{source.Length} numbers do not fit into {destination.Length}.", nameof(destination));
        }

        var bits = MemoryMarshal.Cast<float, uint>(source);
        var upper = MemoryMarshal.Cast<BFloat16, ushort>(destination);
        int i = 0;
        for (; i + Vector<ushort>.Count <= bits.Length; i += Vector<ushort>.Count)
        {
            Vector.Narrow(Upper(new Vector<uint>(bits[i..])), Upper(new Vector<uint>(bits[(i + Vector<uint>.Count)..]))).CopyTo(upper[i..]);
        }

        for (; i < source.Length; i++)
        {
            destination[i] = BFloat16.Round(source[i]);
        }
    }

    // As BFloat16.Round does.
    private static Vector<uint> Upper(Vector<uint> bits)
    {
        var upper = bits >> 16;
        var rounded = (bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One)) >> 16;
        var isNaN = Vector.GreaterThan(bits & new Vector<uint>(0x7FFFFFFF), new Vector<uint>(0x7F800000));
        return Vector.ConditionalSelect(isNaN, upper | new Vector<uint>(0x40), rounded);
    }

    private static void Convert(ReadOnlySpan<float> source, Span<BFloat16> destination)
    {
        Round(source, destination);
        for (int i = 0; i < source.Length; i++)
        {
            if (float.IsFinite(source[i]) && !float.IsFinite(destination[i].ToSingle()))
            {
                throw new OverflowException($"{source[i]} is too large for bf16.");
            }
        }
    }

    private static void CheckFinite(ReadOnlySpan<float> source, ReadOnlySpan<Half> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            if (float.IsFinite(source[i]) && !Half.IsFinite(destination[i]))
            {
                throw new OverflowException($"{source[i]} is too large for f16.");
            }
        }
    }
}
