using System.Runtime.InteropServices;

namespace Fovea.Tensors.Serialization;

/// <summary>
/// Integers as compressed-tensors packs them into words: number k of a row has the bits b·k … b·k + b − 1 of the row's little-endian bit string, as number + 2^(b−1).
/// </summary>
/// <remarks>Format: github.com/vllm-project/compressed-tensors, <c>pack_quantized</c>.</remarks>
public static class PackedIntegers
{
    /// <summary>The numbers that a byte holds.</summary>
    private const int Nibbles = 2;

    /// <summary>Words of a row.</summary>
    /// <param name="count">Numbers of the row.</param>
    /// <param name="bits">Bits of a number, 4 or 8.</param>
    public static int Words(int count, int bits) => (int)((((long)count * bits) + 31) / 32);

    /// <summary>Reads a row.</summary>
    /// <param name="words">At least <see cref="Words"/> words; what they hold behind the last number is not looked at.</param>
    /// <param name="bits">Bits of a number, 4 or 8.</param>
    /// <param name="numbers">Receives the numbers.</param>
    /// <exception cref="ArgumentException">The row is too short, or the bits are not 4 or 8.</exception>
    public static void Unpack(ReadOnlySpan<int> words, int bits, Span<sbyte> numbers)
    {
        Check(words.Length, bits, numbers.Length);
        var bytes = MemoryMarshal.AsBytes(words);
        if (bits == 8)
        {
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = (sbyte)(bytes[i] - 128);
            }

            return;
        }

        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (sbyte)(((bytes[i / Nibbles] >> (i % Nibbles * 4)) & 15) - 8);
        }
    }

    /// <summary>Writes a row; bits behind the last number are zero.</summary>
    /// <param name="numbers">The numbers, −2^(b−1) … 2^(b−1) − 1; of larger ones the upper bits are lost.</param>
    /// <param name="bits">Bits of a number, 4 or 8.</param>
    /// <param name="words">Receives <see cref="Words"/> words.</param>
    /// <exception cref="ArgumentException">The row is too short, or the bits are not 4 or 8.</exception>
    public static void Pack(ReadOnlySpan<sbyte> numbers, int bits, Span<int> words)
    {
        Check(words.Length, bits, numbers.Length);
        words.Clear();
        var bytes = MemoryMarshal.AsBytes(words);
        for (int i = 0; i < numbers.Length; i++)
        {
            if (bits == 8)
            {
                bytes[i] = (byte)(numbers[i] + 128);
            }
            else
            {
                bytes[i / Nibbles] |= (byte)(((numbers[i] + 8) & 15) << (i % Nibbles * 4));
            }
        }
    }

    private static void Check(int words, int bits, int numbers)
    {
        if (bits is not (4 or 8))
        {
            throw new ArgumentException($"Numbers of {bits} bits are not packed here; 4 and 8 are.", nameof(bits));
        }

        if (words < Words(numbers, bits))
        {
            throw new ArgumentException($"{numbers} numbers of {bits} bits do not fit into {words} words.", nameof(words));
        }
    }
}
