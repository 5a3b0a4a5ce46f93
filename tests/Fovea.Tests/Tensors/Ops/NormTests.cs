using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Ops;

public sealed class NormTests
{
    public static TheoryData<string> Kernels => Numbers.KernelNames;

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "reference")]
    public void Norms_OfEveryWidth_MatchTheSlowLoop(string kernels)
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        using var scalar = new Compute(workers, KernelSet.ByName("scalar"));
        foreach (int width in Enumerable.Range(1, 257).Append(4097))
        {
            using var x = Numbers.Noise(width, 5, width);
            using var w = Numbers.Noise(width + 1, width);
            using var b = Numbers.Noise(width + 2, width);
            var rms = compute.RmsNorm(x, w, 1e-6f);
            var layer = compute.LayerNorm(x, w, b, 1e-5f);
            for (int r = 0; r < 5; r++)
            {
                float[] row = x.Row<float>(r).ToArray();
                double mean = row.Average(v => (double)v), square = row.Average(v => (double)v * v), variance = row.Average(v => (v - mean) * (v - mean));
                double[] expected = row.Select((v, i) => w.AsSpan<float>()[i] * (v / Math.Sqrt(square + 1e-6f))).ToArray();
                Numbers.AssertNear(expected, rms.Row<float>(r), 1e-6, 1e-6);
                expected = row.Select((v, i) => ((v - mean) / Math.Sqrt(variance + 1e-5f) * w.AsSpan<float>()[i]) + b.AsSpan<float>()[i]).ToArray();
                Numbers.AssertNear(expected, layer.Row<float>(r), 1e-5, 1e-6);
            }

            Numbers.AssertSameBits(scalar.RmsNorm(x, w, 1e-6f).AsSpan<float>(), rms.AsSpan<float>());
            Numbers.AssertSameBits(scalar.LayerNorm(x, w, b, 1e-5f).AsSpan<float>(), layer.AsSpan<float>());
            compute.Arena.Release(default);
            scalar.Arena.Release(default);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [Trait("kind", "property")]
    public void Norms_OfARow_DoNotDependOnCompanyOrDegree(int degree)
    {
        using var workers = new Workers(degree);
        using var compute = new Compute(workers);
        using var x = Numbers.Noise(1, 100, 1000);
        using var w = Numbers.Noise(2, 1000);
        using var b = Numbers.Noise(3, 1000);
        var rms = compute.RmsNorm(x, w, 1e-6f);
        var layer = compute.LayerNorm(x, w, b, 1e-6f);
        for (int r = 0; r < 100; r++)
        {
            Numbers.AssertSameBits(compute.RmsNorm(x.Slice(r, 1), w, 1e-6f).AsSpan<float>(), rms.Row<float>(r));
            Numbers.AssertSameBits(compute.LayerNorm(x.Slice(r, 1), w, b, 1e-6f).AsSpan<float>(), layer.Row<float>(r));
        }
    }

    [Fact]
    public void Norms_OfUnfitShapes_Throw()
    {
        using var compute = new Compute();
        using var x = Numbers.Noise(1, 3, 4);
        using var w = Numbers.Noise(1, 4);
        Assert.Throws<ArgumentException>(() => compute.RmsNorm(x, x, 0));
        Assert.Throws<ArgumentException>(() => compute.LayerNorm(x, w, x, 0));
    }

    [Fact]
    public void Norms_InSteadyState_AllocateNothing()
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers);
        using var x = Numbers.Noise(1, 1, 5000);
        using var w = Numbers.Noise(2, 5000);
        using var cos = Numbers.Noise(3, 1, 50);
        Steady.AssertAllocatesNothing(compute, () => compute.RmsNorm(x, w, 1e-6f));
        Steady.AssertAllocatesNothing(compute, () => compute.LayerNorm(x, w, w, 1e-6f));
        Steady.AssertAllocatesNothing(compute, () => compute.Activate(x, Activation.Silu));
        Steady.AssertAllocatesNothing(compute, () => compute.AddInto(x, x));
        Steady.AssertAllocatesNothing(compute, () => compute.Rotate(x, cos, cos));
        int[] rows = [0, 0], offsets = [0, 2];
        float[] weights = [0.5f, 0.5f];
        Steady.AssertAllocatesNothing(compute, () => compute.Gather(x, rows.AsSpan(1), x));
        Steady.AssertAllocatesNothing(compute, () => compute.Combine(x, offsets, rows, weights));
    }
}
