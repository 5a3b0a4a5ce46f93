using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Ops;

public sealed class IntegerLinearTests
{
    public static TheoryData<string> Kernels => Numbers.KernelNames;

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "reference")]
    public void Linear_OfIntegersOfAnyShape_HasTheBitsOfTheSlowLoop(string kernels)
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        var random = new Random(3);
        for (int round = 0; round < 60; round++)
        {
            var format = new WeightFormat(round % 2 == 0 ? WeightKind.Int8 : WeightKind.Int4, 32 * random.Next(1, 5));
            int m = random.Next(41), n = random.Next(1, 130), k = round == 0 ? 0 : random.Next(1, 400);
            using var quantized = Integers(random, format, n, k);
            using var packed = PackedMatrix.Pack(quantized, workers);
            using var x = Numbers.Noise(round, m, k);
            using var b = Numbers.Noise(round, n);
            var bias = round % 3 == 0 ? null : b;
            Numbers.AssertSameBits(SlowProduct(x, quantized, bias), compute.Linear(x, packed, bias).AsSpan<float>());
            compute.Arena.Release(default);
        }
    }

    [Theory]
    [InlineData(WeightKind.Int8, 64, 4304, 70, 27)]
    [InlineData(WeightKind.Int4, 32, 4304, 70, 27)]
    [InlineData(WeightKind.Int8, 4096, 9000, 33, 14)]
    [InlineData(WeightKind.Int4, 4096, 9000, 33, 38)]
    [InlineData(WeightKind.Int8, 65_536, 70_001, 2, 2)]
    [InlineData(WeightKind.Int8, 64, 9000, 33, 320)]
    [InlineData(WeightKind.Int4, 128, 9000, 33, 320)]
    [Trait("kind", "reference")]
    public void Linear_OfSeveralBlocksOfInputs_HasTheBitsOfTheSlowLoop(WeightKind kind, int group, int k, int n, int m)
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers);
        using var quantized = Integers(new Random(4), new WeightFormat(kind, group), n, k);
        using var packed = PackedMatrix.Pack(quantized, workers);
        using var x = Numbers.Noise(5, m, k);
        Numbers.AssertSameBits(SlowProduct(x, quantized, null), compute.Linear(x, packed).AsSpan<float>());
    }

    [Fact]
    [Trait("kind", "reference")]
    public void Linear_OfTheGreatestIntegers_DoesNotOverflow()
    {
        using var workers = new Workers(2);
        foreach (var kernels in KernelSet.All)
        {
            using var compute = new Compute(workers, kernels);
            foreach (sbyte code in new sbyte[] { -128, 127 })
            {
                using var quantized = new QuantizedMatrix(new WeightFormat(WeightKind.Int8, 65_536), Tensor.Allocate(ElementType.I8, new Shape(33, 65_536)), Ones(33, 1));
                quantized.Codes.AsSpan<sbyte>().Fill(code);
                using var packed = PackedMatrix.Pack(quantized, workers);
                foreach (float sign in new[] { -1f, 1f })
                {
                    using var x = Ones(1, 65_536);
                    x.AsSpan<float>().Fill(sign * 127);
                    Assert.All(compute.Linear(x, packed).AsSpan<float>().ToArray(), value => Assert.Equal(sign * 127f * 65_536 * code, value));
                    compute.Arena.Release(default);
                }
            }
        }
    }

    [Theory]
    [InlineData(WeightKind.Int8)]
    [InlineData(WeightKind.Int4)]
    [Trait("kind", "property")]
    public void Linear_OfARow_HasTheSameBitsForAnyCompanyPlaceDegreeAndKernels(WeightKind kind)
    {
        const int M = 40, N = 97, K = 333;
        using var quantized = Integers(new Random(6), new WeightFormat(kind, 64), N, K);
        using var x = Numbers.Noise(1, M, K);
        using var b = Numbers.Noise(3, N);
        uint[]? expected = null;
        foreach (var kernels in KernelSet.All)
        {
            foreach (int degree in kernels == KernelSet.Default ? new[] { 1, 2, 3, 7 } : [2])
            {
                using var workers = new Workers(degree);
                using var compute = new Compute(workers, kernels);
                using var packed = PackedMatrix.Pack(quantized, workers);
                expected = Company.AssertChangesNothing(compute, x, packed, b, expected, step: 5, 1, 4, 7, 10, 13, 16, 19, 22, 25);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Linear_OfARowThatIsNotFinite_IsNaNThereAlone(string kernels)
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        foreach (var kind in new[] { WeightKind.Int8, WeightKind.Int4 })
        {
            using var quantized = Integers(new Random(7), new WeightFormat(kind, 32), 40, 100);
            using var packed = PackedMatrix.Pack(quantized, workers);
            foreach (float strange in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, BitConverter.UInt32BitsToSingle(0xFFFF_FFFF) })
            {
                for (int place = 0; place < 100; place += 33)
                {
                    using var x = Numbers.Noise(8, 14, 100);
                    uint[] expected = Numbers.Bits(compute.Linear(x, packed).AsSpan<float>());
                    x.Row<float>(5)[place] = strange;
                    var y = compute.Linear(x, packed);
                    for (int row = 0; row < 14; row++)
                    {
                        if (row == 5)
                        {
                            Assert.All(y.Row<float>(row).ToArray(), value => Assert.True(float.IsNaN(value)));
                        }
                        else
                        {
                            Assert.Equal(expected[(row * 40)..((row + 1) * 40)], Numbers.Bits(y.Row<float>(row)));
                        }
                    }

                    compute.Arena.Release(default);
                }
            }
        }
    }

    [Fact]
    public void Linear_OfTinyAndHugeRows_StaysFinite()
    {
        using var workers = new Workers(1);
        using var weight = Ones(32, 64);
        using var packed = PackedMatrix.Pack(weight, workers, WeightFormat.Int8);
        foreach (var kernels in KernelSet.All)
        {
            using var compute = new Compute(workers, kernels);
            foreach (float size in new[] { 0, float.Epsilon, 1e-38f, 1e-31f, 1e-29f, 1e-3f, 1e30f, 3e38f })
            {
                using var x = Tensor.Allocate(1, 64);
                x.AsSpan<float>()[3] = size;
                float expected = size < 7.8e-31f ? 0 : size;
                Assert.All(compute.Linear(x, packed).AsSpan<float>().ToArray(), value => Assert.Equal(expected, value, expected * 1e-6f));
                compute.Arena.Release(default);
            }
        }
    }

    [Fact]
    public void Linear_OfIntegersInSteadyState_AllocatesNothing()
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers);
        using var w = Numbers.Noise(1, 400, 900);
        foreach (var format in new[] { WeightFormat.BF16, WeightFormat.F16, WeightFormat.Int8, WeightFormat.Int4 })
        {
            using var packed = PackedMatrix.Pack(w, workers, format);
            foreach (int m in new[] { 1, 13, 60 })
            {
                using var x = Numbers.Noise(1, m, 900);
                Steady.AssertAllocatesNothing(compute, () => compute.Linear(x, packed));
            }
        }
    }

    private static Tensor Ones(params ReadOnlySpan<int> extents)
    {
        var tensor = Tensor.Allocate(extents);
        tensor.AsSpan<float>().Fill(1);
        return tensor;
    }

    private static QuantizedMatrix Integers(Random random, WeightFormat format, int n, int k)
    {
        var codes = Tensor.Allocate(ElementType.I8, new Shape(n, k));
        foreach (ref sbyte code in codes.AsSpan<sbyte>())
        {
            code = (sbyte)(format.Kind == WeightKind.Int4 ? random.Next(-8, 8) : random.Next(-128, 128));
        }

        return new QuantizedMatrix(format, codes, Numbers.Noise(n, n, (k + format.Group - 1) / format.Group));
    }

    private static float[] SlowProduct(Tensor x, QuantizedMatrix w, Tensor? bias)
    {
        int m = x.Rows, n = w.Codes.Rows, k = x.RowLength, size = w.Format.Group;
        var y = new float[m * n];
        for (int i = 0; i < m; i++)
        {
            var row = x.Row<float>(i);
            for (int first = 0, g = 0; first < k; first += size, g++)
            {
                var group = row.Slice(first, Math.Min(size, k - first)).ToArray();
                float most = group.Max(MathF.Abs), scale = most / 127, factor = 127 / most;
                int[] q = [.. group.Select(value => (int)(float.MultiplyAddEstimate(value, factor, 12_582_912) - 12_582_912))];
                for (int j = 0; j < n; j++)
                {
                    int sum = 0;
                    for (int c = 0; c < q.Length; c++)
                    {
                        sum += q[c] * w.Codes.Row<sbyte>(j)[first + c];
                    }

                    ref float place = ref y[(i * n) + j];
                    place = float.MultiplyAddEstimate(sum * w.Scales.Row<float>(j)[g], scale, place);
                }
            }

            for (int j = 0; bias is not null && j < n; j++)
            {
                y[(i * n) + j] += bias.AsSpan<float>()[j];
            }
        }

        return y;
    }
}
