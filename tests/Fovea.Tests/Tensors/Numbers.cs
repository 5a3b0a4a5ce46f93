using Fovea.Tensors;
using Fovea.Tensors.Kernels;

namespace Fovea.Tests.Tensors;

/// <summary>Seeded numbers, and comparisons of tensors.</summary>
internal static class Numbers
{
    public static TheoryData<string> KernelNames => new(KernelSet.All.Select(set => set.Name));

    public static Tensor Noise(int seed, params ReadOnlySpan<int> extents)
    {
        var tensor = Tensor.Allocate(extents);
        var random = new Random(seed);
        foreach (ref float value in tensor.AsSpan<float>())
        {
            value = (random.NextSingle() * 2) - 1;
        }

        return tensor;
    }

    public static uint[] Bits(ReadOnlySpan<float> values)
    {
        var bits = new uint[values.Length];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = BitConverter.SingleToUInt32Bits(values[i]);
        }

        return bits;
    }

    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual) => Assert.Equal(Bits(expected), Bits(actual));

    public static void AssertNear(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double absolute, double relative = 0)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double allowed = absolute + (relative * Math.Abs(expected[i]));
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed, $"[{i}]: {actual[i]:R}, expected {expected[i]:R} within {allowed:R}");
        }
    }
}
