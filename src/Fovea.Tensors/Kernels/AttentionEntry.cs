using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Kernels;

/// <summary>
/// A key or a value of one head as a cache keeps it: f32, bf16 and f16 as such, rounded to nearest, ties to even; or 8-bit integers and behind them their scale in f32,
/// the greatest magnitude / 127. Widening is exact but for the product with the scale.
/// </summary>
public static unsafe class AttentionEntry
{
    private const float GreatestHalf = 65504;

    /// <summary>The number of elements of an entry.</summary>
    /// <param name="type">F32, BF16, F16 or I8.</param>
    /// <param name="headSize">Numbers of a head.</param>
    public static int Length(ElementType type, int headSize) => type == ElementType.I8 ? headSize + sizeof(float) : headSize;

    /// <summary>Writes an entry. Numbers beyond the range of f16 become the greatest that it has.</summary>
    /// <param name="numbers">The numbers of a head.</param>
    /// <param name="type">F32, BF16, F16 or I8.</param>
    /// <param name="entry">Receives it.</param>
    /// <exception cref="ArgumentException">The type is another one, or the entry is too short.</exception>
    public static void Write(ReadOnlySpan<float> numbers, ElementType type, Span<byte> entry)
    {
        switch (type)
        {
            case ElementType.F32:
                MemoryMarshal.AsBytes(numbers).CopyTo(entry);
                break;
            case ElementType.BF16:
                Narrow.Round(numbers, MemoryMarshal.Cast<byte, BFloat16>(entry));
                break;
            case ElementType.F16:
                Span<float> limited = stackalloc float[numbers.Length];
                TensorPrimitives.Clamp(numbers, -GreatestHalf, GreatestHalf, limited);
                TensorPrimitives.ConvertToHalf(limited, MemoryMarshal.Cast<byte, Half>(entry));
                break;
            case ElementType.I8:
                WriteIntegers(numbers, MemoryMarshal.Cast<byte, sbyte>(entry[..Length(type, numbers.Length)]));
                break;
            default:
                throw new ArgumentException($"Keys and values are not kept as {type}.", nameof(type));
        }
    }

    /// <summary>Widens an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="type">Its type.</param>
    /// <param name="headSize">Numbers of a head.</param>
    /// <param name="destination">Receives the numbers.</param>
    internal static void Read(byte* entry, ElementType type, int headSize, float* destination)
    {
        var numbers = new Span<float>(destination, headSize);
        if (type != ElementType.I8)
        {
            Widen.Convert(new ReadOnlySpan<byte>(entry, headSize * type.Bytes()), type, numbers);
            return;
        }

        TensorPrimitives.ConvertTruncating(new ReadOnlySpan<sbyte>(entry, headSize), numbers);
        TensorPrimitives.Multiply(numbers, Unsafe.ReadUnaligned<float>(entry + headSize), numbers);
    }

    private static void WriteIntegers(ReadOnlySpan<float> numbers, Span<sbyte> entry)
    {
        float scale = numbers.IsEmpty ? 0 : MathF.Abs(TensorPrimitives.MaxMagnitude(numbers)) / sbyte.MaxValue;
        for (int i = 0; i < numbers.Length; i++)
        {
            entry[i] = scale == 0 ? (sbyte)0 : (sbyte)Math.Clamp(MathF.Round(numbers[i] / scale), -sbyte.MaxValue, sbyte.MaxValue);
        }

        MemoryMarshal.Write(MemoryMarshal.AsBytes(entry[numbers.Length..]), scale);
    }
}
