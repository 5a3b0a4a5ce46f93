using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Ops;

public sealed class LinearTests
{
    private static readonly int[] Rows = [0, 1, 2, 3, 4, 5, 11, 12, 13, 23, 24, 25];
    private static readonly int[] Outputs = [1, 15, 16, 17, 31, 32, 33, 65, 127, 128, 129];
    private static readonly int[] Inputs = [0, 1, 3, 4, 5, 33];

    public static TheoryData<string> Kernels => Numbers.KernelNames;

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "reference")]
    public void Linear_AroundEveryTileSize_MatchesTheSlowLoop(string kernels)
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        foreach (int n in Outputs)
        {
            foreach (int k in Inputs)
            {
                using var w = Numbers.Noise(n + k, n, k);
                using var b = Numbers.Noise(n, n);
                using var packed = PackedMatrix.Pack(w, workers);
                foreach (int m in Rows)
                {
                    using var x = Numbers.Noise(m, m, k);
                    CheckProduct(x, w, null, compute.Linear(x, packed));
                    CheckProduct(x, w, b, compute.Linear(x, packed, b));
                    CheckProduct(x, w, null, compute.Products(x, w));
                    compute.Arena.Release(default);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "reference")]
    public void Linear_AroundEveryBlockOfInputs_MatchesTheSlowLoop(string kernels)
    {
        using var workers = new Workers(3);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        foreach (int k in new[] { 511, 512, 513, 1023, 1024, 1025, 1537 })
        {
            using var w = Numbers.Noise(k, 40, k);
            using var b = Numbers.Noise(k, 40);
            using var packed = PackedMatrix.Pack(w, workers);
            foreach (int m in new[] { 1, 2, 3, 4, 14 })
            {
                using var x = Numbers.Noise(m, m, k);
                CheckProduct(x, w, b, compute.Linear(x, packed, b));
                CheckProduct(x, w, null, compute.Products(x, w));
                compute.Arena.Release(default);
            }
        }
    }

    [Theory]
    [InlineData(300, 160, 1100)]
    [InlineData(330, 66, 2600)]
    [InlineData(26, 97, 513)]
    [InlineData(5, 33, 40)]
    [Trait("kind", "property")]
    public void Linear_OfARow_HasTheSameBitsForAnyCompanyPlaceDegreeAndKernels(int m, int n, int k)
    {
        using var x = Numbers.Noise(1, m, k);
        using var w = Numbers.Noise(2, n, k);
        using var b = Numbers.Noise(3, n);
        uint[]? expected = null;
        foreach (var kernels in KernelSet.All)
        {
            foreach (int degree in kernels == KernelSet.Default ? new[] { 1, 2, 3, 7 } : [2])
            {
                using var workers = new Workers(degree);
                using var compute = new Compute(workers, kernels);
                using var packed = PackedMatrix.Pack(w, workers);
                expected = Company.AssertChangesNothing(compute, x, packed, b, expected, step: 7, 1, 2, 3, 4, 5, 6);
            }
        }
    }

    [Fact]
    [Trait("kind", "reference")]
    public void Pack_OfHalvesAndBrainFloats_WidensExactly()
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers);
        foreach (var type in new[] { ElementType.F16, ElementType.BF16 })
        {
            using var stored = Tensor.Allocate(type, new Shape(45, 7, 43));
            using var wide = Tensor.Allocate(45, 301);
            using var noise = Numbers.Noise(5, 45, 301);
            for (int i = 0; i < 45 * 301; i++)
            {
                float value = noise.AsSpan<float>()[i];
                if (type == ElementType.F16)
                {
                    stored.AsSpan<Half>()[i] = (Half)value;
                    wide.AsSpan<float>()[i] = (float)(Half)value;
                }
                else
                {
                    stored.AsSpan<BFloat16>()[i] = BFloat16.Round(value);
                    wide.AsSpan<float>()[i] = BFloat16.Round(value).ToSingle();
                }
            }

            using var x = Numbers.Noise(6, 13, 301);
            using var packed = PackedMatrix.Pack(stored, workers);
            using var same = PackedMatrix.Pack(wide, workers);
            Numbers.AssertSameBits(compute.Linear(x, same).AsSpan<float>(), compute.Linear(x, packed).AsSpan<float>());
        }
    }

    [Fact]
    public void Linear_OfUnfitShapes_NamesThem()
    {
        using var compute = new Compute();
        using var w = Numbers.Noise(1, 4, 6);
        using var x = Numbers.Noise(1, 3, 5);
        using var y = Numbers.Noise(1, 3, 6);
        using var packed = PackedMatrix.Pack(w, compute.Workers);
        Assert.Contains("F32[3, 5] has rows of 5, but the weight takes 6", Assert.Throws<ArgumentException>(() => compute.Linear(x, packed)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => compute.Linear(y, packed, x));
        Assert.Throws<ArgumentException>(() => compute.Products(x, y));
        using var integers = Tensor.Allocate(ElementType.I32, new Shape(4, 6));
        Assert.Throws<ArgumentException>(() => PackedMatrix.Pack(integers, compute.Workers));
        Assert.Throws<InvalidOperationException>(() => compute.Linear(integers, packed));
    }

    [Fact]
    public void Linear_InSteadyState_AllocatesNothing()
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers);
        using var w = Numbers.Noise(1, 400, 900);
        using var packed = PackedMatrix.Pack(w, workers);
        foreach (int m in new[] { 1, 13 })
        {
            using var x = Numbers.Noise(1, m, 900);
            Steady.AssertAllocatesNothing(compute, () => compute.Linear(x, packed));
            Steady.AssertAllocatesNothing(compute, () => compute.Products(x, w));
        }
    }

    private static void CheckProduct(Tensor x, Tensor w, Tensor? b, Tensor actual)
    {
        Assert.Equal(new Shape(x.Rows, w.Rows), actual.Shape);
        int k = x.RowLength, n = w.Rows;
        var expected = new double[x.Rows * n];
        for (int i = 0; i < expected.Length; i++)
        {
            double sum = b is null ? 0 : b.AsSpan<float>()[i % n];
            var left = x.Row<float>(i / n);
            var right = w.Row<float>(i % n);
            for (int j = 0; j < left.Length; j++)
            {
                sum += (double)left[j] * right[j];
            }

            expected[i] = sum;
        }

        Numbers.AssertNear(expected, actual.AsSpan<float>(), 1e-6 * (1 + Math.Sqrt(k)));
    }
}
