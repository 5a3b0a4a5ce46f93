using System.Numerics.Tensors;
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

    private static void Convert(ReadOnlySpan<float> source, Span<BFloat16> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = BFloat16.Round(source[i]);
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
