using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Ops;

/// <summary>What follows a product has the bits of the same done in a pass of its own.</summary>
public sealed class EpilogueTests
{
    public static TheoryData<string> Kernels => Numbers.KernelNames;

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "reference")]
    public void Linear_WithAnEpilogue_HasTheBitsOfPassesOfTheirOwn(string kernels)
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        var random = new Random(1);
        foreach (var format in new[] { WeightFormat.F32, WeightFormat.BF16, WeightFormat.F16, WeightFormat.Int8, WeightFormat.Int4 })
        {
            foreach (int k in new[] { 0, 40, 512, 1_100 })
            {
                int m = random.Next(1, 40), n = random.Next(1, 140);
                using var x = Numbers.Noise(1, m, k);
                using var w = Numbers.Noise(2, n, k);
                using var other = Numbers.Noise(4, m, n);
                using var packed = PackedMatrix.Pack(w, workers, format);
                foreach (bool biased in new[] { false, true })
                {
                    using var bias = Numbers.Noise(3, n);
                    using var factors = Numbers.Noise(5, n);
                    var b = biased ? bias : null;
                    foreach (var f in Enum.GetValues<Activation>())
                    {
                        var plain = compute.Linear(x, packed, b);
                        compute.Activate(plain, f);
                        Numbers.AssertSameBits(plain.AsSpan<float>(), compute.Linear(x, packed, b, Epilogue.Activated(f)).AsSpan<float>());

                        var up = compute.Linear(x, packed, b);
                        var gate = Copy(compute, other);
                        compute.Activate(gate, f);
                        float[] gated = [.. up.AsSpan<float>().ToArray().Zip(gate.AsSpan<float>().ToArray(), (value, factor) => factor * value)];
                        Numbers.AssertSameBits(gated, compute.Linear(x, packed, b, Epilogue.Gated(other, f)).AsSpan<float>());
                        compute.Arena.Release(default);
                    }

                    foreach (var scale in new[] { null, factors })
                    {
                        var sum = compute.AddInto(Copy(compute, other), Scaled(compute.Linear(x, packed, b), scale));
                        var added = Copy(compute, other);
                        Assert.Same(added, compute.Linear(x, packed, b, Epilogue.AddedTo(added).Behind(scale)));
                        Numbers.AssertSameBits(sum.AsSpan<float>(), added.AsSpan<float>());
                        compute.Arena.Release(default);
                    }
                }
            }
        }
    }

    [Fact]
    public void Linear_WithAnEpilogueOfAnotherShape_IsRefused()
    {
        using var workers = new Workers(1);
        using var compute = new Compute(workers);
        using var x = Numbers.Noise(1, 3, 8);
        using var w = Numbers.Noise(2, 5, 8);
        using var packed = PackedMatrix.Pack(w, workers);
        foreach (var shape in new[] { new Shape(2, 5), new Shape(3, 4), new Shape(5, 3), new Shape(15) })
        {
            using var other = Tensor.Allocate(shape.ToArray());
            Assert.Contains("is not 3 rows of 5 outputs", Assert.Throws<ArgumentException>(() => compute.Linear(x, packed, null, Epilogue.AddedTo(other))).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => compute.Linear(x, packed, null, Epilogue.Gated(other, Activation.Silu)));
        }

        Assert.Contains(
            "is not one factor for each of 5 outputs", Assert.Throws<ArgumentException>(() => compute.Linear(x, packed, null, default(Epilogue).Behind(x))).Message, StringComparison.Ordinal);
    }

    private static Tensor Scaled(Tensor rows, Tensor? scale)
    {
        for (int row = 0; scale is not null && row < rows.Rows; row++)
        {
            System.Numerics.Tensors.TensorPrimitives.Multiply<float>(rows.Row<float>(row), scale.AsSpan<float>(), rows.Row<float>(row));
        }

        return rows;
    }

    private static Tensor Copy(Compute compute, Tensor source)
    {
        var copy = compute.Rent(source.Rows, source.RowLength);
        source.AsSpan<float>().CopyTo(copy.AsSpan<float>());
        return copy;
    }
}
