using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Ops;

public sealed class PairLinearTests
{
    public static TheoryData<string> Kernels => Numbers.KernelNames;

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "reference")]
    public void Linear_Of16BitWeights_HasTheBitsOfTheSameNumbersInF32(string kernels)
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        var random = new Random(1);
        foreach (var type in WidenedTypes(compute.Kernels))
        {
            for (int round = 0; round < 10; round++)
            {
                int n = random.Next(1, 140), k = round < 6 ? 510 + round : random.Next(200);
                using var stored = Stored(type, round, n, k);
                using var wide = Wide(stored);
                using var packed = PackedMatrix.Pack(stored, workers);
                using var same = PackedMatrix.Pack(wide, workers);
                using var narrowed = PackedMatrix.Pack(wide, workers, packed.Format);
                Assert.Equal(type.ToString(), packed.Format.Kind.ToString());
                Assert.True(packed.Bytes <= (same.Bytes / 2) + (same.Bytes / Math.Max(k, 1)));
                foreach (int m in new[] { 1, 2, 3, 5, 12, random.Next(14, 41) })
                {
                    using var x = Numbers.Noise(m, m, k);
                    float[] expected = compute.Linear(x, same).AsSpan<float>().ToArray();
                    Numbers.AssertSameBits(expected, compute.Linear(x, packed).AsSpan<float>());
                    Numbers.AssertSameBits(expected, compute.Linear(x, narrowed).AsSpan<float>());
                    compute.Arena.Release(default);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "reference")]
    public void Linear_OfEvery16BitNumber_WidensItExactly(string kernels)
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        foreach (var type in WidenedTypes(compute.Kernels))
        {
            using var stored = Tensor.Allocate(type, new Shape(1 << 16, 1));
            for (int bits = 0; bits < 1 << 16; bits++)
            {
                BitConverter.TryWriteBytes(stored.Bytes()[(2 * bits)..], (ushort)bits);
            }

            using var wide = Wide(stored);
            using var packed = PackedMatrix.Pack(stored, workers);
            foreach (int m in new[] { 1, 5 })
            {
                using var x = Tensor.Allocate(m, 1);
                x.AsSpan<float>().Fill(1);
                var y = compute.Linear(x, packed);
                for (int i = 0; i < m; i++)
                {
                    Assert.Equal(wide.AsSpan<float>().ToArray(), y.Row<float>(i).ToArray());
                }

                compute.Arena.Release(default);
            }
        }
    }

    [Fact]
    public void Pack_OfNumbersTooLargeForTheFormat_NamesThem()
    {
        using var workers = new Workers(2);
        using var w = Numbers.Noise(1, 40, 300);
        w.Row<float>(33)[299] = -70_000;
        Assert.Contains("[33, 299] is -70000", Assert.Throws<ArgumentException>(() => PackedMatrix.Pack(w, workers, WeightFormat.F16)).Message, StringComparison.Ordinal);
        using var fits = PackedMatrix.Pack(w, workers, WeightFormat.BF16);
        Assert.Equal(WeightFormat.BF16, fits.Format);
    }

    private static ElementType[] WidenedTypes(KernelSet kernels) => kernels.RoundsInputs ? [ElementType.F16] : [ElementType.F16, ElementType.BF16];

    private static Tensor Stored(ElementType type, int seed, int n, int k)
    {
        var stored = Tensor.Allocate(type, new Shape(n, k));
        using var noise = Numbers.Noise(seed, n, k);
        for (int i = 0; i < n * k; i++)
        {
            float value = noise.AsSpan<float>()[i];
            if (type == ElementType.F16)
            {
                stored.AsSpan<Half>()[i] = (Half)value;
            }
            else
            {
                stored.AsSpan<BFloat16>()[i] = BFloat16.Round(value);
            }
        }

        return stored;
    }

    private static Tensor Wide(Tensor stored)
    {
        var wide = Tensor.Allocate(stored.Rows, stored.RowLength);
        for (int row = 0; row < stored.Rows; row++)
        {
            Widen.Row(stored, row, wide.Row<float>(row));
        }

        return wide;
    }
}
