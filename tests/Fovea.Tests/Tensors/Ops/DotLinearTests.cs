using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Ops;

/// <summary>Products of bf16 weights with inputs that are rounded to bf16, by the processor's instruction where it has one.</summary>
public sealed class DotLinearTests
{
    private static readonly KernelSet Kernels = KernelSet.ByName("avx512bf16");

    [Fact]
    [Trait("kind", "reference")]
    public void Linear_OfRoundedInputs_IsTheirProduct()
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, Kernels);
        var random = new Random(1);
        for (int round = 0; round < 20; round++)
        {
            int m = random.Next(1, 41), n = random.Next(1, 140), k = round < 8 ? 508 + round : random.Next(1200);
            using var w = Numbers.Noise(round, n, k);
            using var x = Numbers.Noise(100 + round, m, k);
            using var b = Numbers.Noise(200 + round, n);
            using var packed = PackedMatrix.Pack(w, workers, WeightFormat.BF16);
            double[] expected = new double[m * n];
            for (int i = 0; i < m * n; i++)
            {
                expected[i] = b.AsSpan<float>()[i % n];
                for (int at = 0; at < k; at++)
                {
                    expected[i] += (double)Rounded(x.Row<float>(i / n)[at]) * Rounded(w.Row<float>(i % n)[at]);
                }
            }

            Numbers.AssertNear(expected, compute.Linear(x, packed, b).AsSpan<float>(), absolute: 2e-5);
            compute.Arena.Release(default);
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Linear_OfARow_HasTheSameBitsForAnyCompanyPlaceAndDegree()
    {
        using var w = Numbers.Noise(1, 97, 1_101);
        using var x = Numbers.Noise(2, 45, 1_101);
        uint[]? expected = null;
        foreach (int degree in new[] { 1, 2, 3 })
        {
            using var workers = new Workers(degree);
            using var compute = new Compute(workers, Kernels);
            using var packed = PackedMatrix.Pack(w, workers, WeightFormat.BF16);
            expected = Company.AssertChangesNothing(compute, x, packed, null, expected, step: 5, 1, 4, 7, 12, 13, 24, 25, 40);
        }
    }

    [Fact]
    public void Linear_OfWhatIsNotFinite_KeepsItInItsRow()
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, Kernels);
        using var w = Numbers.Noise(1, 40, 33);
        using var packed = PackedMatrix.Pack(w, workers, WeightFormat.BF16);
        foreach (float value in new[] { float.NaN, float.PositiveInfinity, float.MaxValue })
        {
            using var x = Numbers.Noise(2, 14, 33);
            x.Row<float>(5)[32] = value;
            var y = compute.Linear(x, packed);
            for (int row = 0; row < 14; row++)
            {
                Assert.All(y.Row<float>(row).ToArray(), number => Assert.Equal(row != 5, float.IsFinite(number)));
            }

            compute.Arena.Release(default);
        }
    }

    [Fact]
    [Trait("kind", "reference")]
    public void Round_OfSpans_IsThatOfEachNumber()
    {
        var random = new Random(1);
        float[] numbers = [.. Enumerable.Range(0, 5_003).Select(_ => BitConverter.Int32BitsToSingle((int)random.NextInt64(int.MinValue, int.MaxValue))), float.NaN, float.MaxValue, -0f, 1e-45f];
        var rounded = new BFloat16[numbers.Length];
        Narrow.Round(numbers, rounded);
        Assert.Equal(numbers.Select(BFloat16.Round), rounded);
        Assert.Throws<ArgumentException>(() => Narrow.Round(numbers, new BFloat16[1]));
    }

    private static float Rounded(float value) => BFloat16.Round(value).ToSingle();
}
