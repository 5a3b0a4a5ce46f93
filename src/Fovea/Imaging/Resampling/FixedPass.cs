using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fovea.Imaging.Resampling;

/// <summary>
/// One pass of a resize over 8-bit RGB: each output sample is clamp((half + Σ weight·sample) &gt;&gt; bits, 0, 255) in 32-bit integers, whose sum does not
/// depend on its order.
/// </summary>
internal static class FixedPass
{
    /// <summary>Resizes every row of [<paramref name="height"/>, inputs, 3] to [<paramref name="height"/>, outputs, 3].</summary>
    public static byte[] Horizontal(ReadOnlySpan<byte> pixels, int width, int height, FixedWeights weights)
    {
        int outputs = weights.Starts.Length;
        var result = new byte[checked(3 * outputs * height)];

        // The last pixel is read with a fourth byte, so a row gets one more.
        var row = new byte[(3 * width) + 1];
        for (int y = 0; y < height; y++)
        {
            pixels.Slice(3 * width * y, 3 * width).CopyTo(row);
            HorizontalRow(row, result.AsSpan(3 * outputs * y, 3 * outputs), weights);
        }

        return result;
    }

    /// <summary>Resizes every column of [inputs, <paramref name="width"/>, 3] to [outputs, <paramref name="width"/>, 3].</summary>
    public static byte[] Vertical(ReadOnlySpan<byte> pixels, int width, FixedWeights weights)
    {
        int outputs = weights.Starts.Length, length = 3 * width;
        var result = new byte[checked(length * outputs)];
        for (int y = 0; y < outputs; y++)
        {
            var rows = pixels.Slice(length * weights.Starts[y], length * weights.Counts[y]);
            VerticalRow(rows, weights.Of(y), weights, result.AsSpan(length * y, length));
        }

        return result;
    }

    private static void HorizontalRow(ReadOnlySpan<byte> row, Span<byte> result, FixedWeights weights)
    {
        var half = Vector128.Create(weights.Half);
        for (int x = 0; x < weights.Starts.Length; x++)
        {
            var sum = half;
            var pixels = row[(3 * weights.Starts[x])..];
            foreach (int weight in weights.Of(x))
            {
                // Red, green, blue and a fourth lane that nobody reads.
                var bytes = Vector128.CreateScalarUnsafe(MemoryMarshal.Read<uint>(pixels)).AsByte();
                sum += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * weight;
                pixels = pixels[3..];
            }

            var levels = Vector128.Max(Vector128.Min(sum >> weights.Bits, Vector128.Create(255)), Vector128<int>.Zero);
            result[3 * x] = (byte)levels.GetElement(0);
            result[(3 * x) + 1] = (byte)levels.GetElement(1);
            result[(3 * x) + 2] = (byte)levels.GetElement(2);
        }
    }

    private static void VerticalRow(ReadOnlySpan<byte> rows, ReadOnlySpan<int> taps, FixedWeights weights, Span<byte> result)
    {
        int length = result.Length, x = 0;
        for (; x + 16 <= length; x += 16)
        {
            var first = Vector256.Create(weights.Half);
            var second = first;
            for (int tap = 0; tap < taps.Length; tap++)
            {
                var (low, high) = Vector256.Widen(Vector128.Create(rows.Slice((tap * length) + x, 16)).ToVector256());
                var words = low.AsInt16();
                _ = high;
                first += Vector256.WidenLower(words) * taps[tap];
                second += Vector256.WidenUpper(words) * taps[tap];
            }

            Clamp(first, second, weights.Bits).CopyTo(result[x..]);
        }

        for (; x < length; x++)
        {
            int sum = weights.Half;
            for (int tap = 0; tap < taps.Length; tap++)
            {
                sum += taps[tap] * rows[(tap * length) + x];
            }

            result[x] = (byte)Math.Clamp(sum >> weights.Bits, 0, 255);
        }
    }

    private static Vector128<byte> Clamp(Vector256<int> first, Vector256<int> second, int bits)
    {
        var top = Vector256.Create(255);
        first = Vector256.Max(Vector256.Min(first >> bits, top), Vector256<int>.Zero);
        second = Vector256.Max(Vector256.Min(second >> bits, top), Vector256<int>.Zero);
        var words = Vector256.Narrow(first.AsUInt32(), second.AsUInt32());
        return Vector128.Narrow(words.GetLower(), words.GetUpper());
    }
}
