using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Ops;

public sealed class RowsTests
{
    public static TheoryData<string> Kernels => Numbers.KernelNames;

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "reference")]
    public void Rotate_OfEveryHeadSize_MatchesTheDefinition(string kernels)
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        using var scalar = new Compute(workers, KernelSet.ByName("scalar"));
        for (int half = 1; half <= 80; half++)
        {
            using var x = Numbers.Noise(half, 4, 3 * 2 * half);
            using var same = Tensor.From(x.AsSpan<float>(), 4, 3 * 2 * half);
            using var cos = Numbers.Noise(half + 1, 5, half);
            using var sin = Numbers.Noise(half + 2, 5, half);
            var expected = new double[x.Shape.Count];
            for (int i = 0; i < expected.Length; i++)
            {
                int row = i / (6 * half), at = i % (2 * half), pair = at % half;
                float other = x.AsSpan<float>()[at < half ? i + half : i - half];
                double c = cos.Row<float>(row)[pair], s = sin.Row<float>(row)[pair];
                expected[i] = (x.AsSpan<float>()[i] * c) + (other * (at < half ? -s : s));
            }

            compute.Rotate(x, cos, sin);
            scalar.Rotate(same, cos, sin);
            Numbers.AssertNear(expected, x.AsSpan<float>(), 3e-7);
            Numbers.AssertSameBits(same.AsSpan<float>(), x.AsSpan<float>());
        }
    }

    [Theory]
    [InlineData(ElementType.F32)]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    public void Gather_OfEveryWidth_WidensExactly(ElementType type)
    {
        using var compute = new Compute();
        var random = new Random(3);
        for (int width = 0; width <= 256; width++)
        {
            using var table = Tensor.Allocate(type, new Shape(9, width));
            random.NextBytes(table.Bytes());
            using var destination = Tensor.Allocate(5, width);
            int[] rows = [8, 0, 3, 3];
            compute.Gather(table, rows, destination);
            for (int i = 0; i < rows.Length; i++)
            {
                for (int j = 0; j < width; j++)
                {
                    float expected = type switch
                    {
                        ElementType.F32 => table.Row<float>(rows[i])[j],
                        ElementType.F16 => (float)table.Row<Half>(rows[i])[j],
                        _ => table.Row<BFloat16>(rows[i])[j].ToSingle(),
                    };
                    Assert.Equal(expected, destination.Row<float>(i)[j]);
                }
            }

            Assert.All(destination.Row<float>(4).ToArray(), value => Assert.Equal(0, value));
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Combine_WithManyEntries_SumsInOrder(string kernels)
    {
        using var workers = new Workers(3);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        foreach (int width in Enumerable.Range(0, 70).Append(20_000))
        {
            using var source = Numbers.Noise(width, 6, width);
            if (width > 1)
            {
                source.Row<float>(5)[0] = -0f;
                source.Row<float>(5)[1] = float.NaN;
            }

            var result = compute.Combine(source, [0, 1, 4, 4, 6], [5, 0, 2, 1, 3, 3], [1, 0.25f, 0.5f, 0.25f, 0.5f, 0.5f]);
            Numbers.AssertSameBits(source.Row<float>(5), result.Row<float>(0));
            Numbers.AssertSameBits(source.Row<float>(3), result.Row<float>(3));
            Assert.All(result.Row<float>(2).ToArray(), value => Assert.Equal(0, value));
            for (int i = 0; i < width; i++)
            {
                double expected = (0.25 * source.Row<float>(0)[i]) + (0.5 * source.Row<float>(2)[i]) + (0.25 * source.Row<float>(1)[i]);
                Assert.Equal(expected, result.Row<float>(1)[i], 1e-6);
            }

            compute.Arena.Release(default);
        }
    }

    [Fact]
    public void Rows_OfUnfitArguments_Throw()
    {
        using var compute = new Compute();
        using var x = Numbers.Noise(1, 3, 8);
        using var y = Numbers.Noise(1, 2, 8);
        using var integers = Tensor.Allocate(ElementType.I32, new Shape(3, 8));
        Assert.Throws<ArgumentException>(() => compute.Gather(x, [3], y));
        Assert.Throws<ArgumentException>(() => compute.Gather(x, [-1], y));
        Assert.Throws<ArgumentException>(() => compute.Gather(x, [0, 0, 0], y));
        Assert.Throws<ArgumentException>(() => compute.Gather(integers, [0], y));
        Assert.Throws<ArgumentException>(() => compute.Combine(x, [], [], []));
        Assert.Throws<ArgumentException>(() => compute.Combine(x, [0, 1], [3], [1]));
        Assert.Throws<ArgumentException>(() => compute.Combine(x, [0, 2], [0], [1]));
        Assert.Throws<ArgumentException>(() => compute.Combine(x, [1, 0], [0], [1]));
        Assert.Throws<ArgumentException>(() => compute.Combine(x, [0, 1], [0], []));
        Assert.Throws<ArgumentException>(() => compute.Rotate(x, y, y));
        using var cos = Numbers.Noise(1, 3, 4);
        using var wrong = Numbers.Noise(1, 3, 3);
        Assert.Throws<ArgumentException>(() => compute.Rotate(x, cos, wrong));
        Assert.Throws<ArgumentException>(() => compute.Rotate(x, wrong, wrong));
    }
}
