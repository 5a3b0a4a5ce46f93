using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Ops;

public sealed class ActivationTests
{
    private static readonly Activation[] All = Enum.GetValues<Activation>();

    public static TheoryData<string> Kernels => Numbers.KernelNames;

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "reference")]
    public void Activate_OverTheWholeRange_MatchesTheDefinition(string kernels)
    {
        const int Count = 40_001;
        using var workers = new Workers(1);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        using var x = Tensor.Allocate(Count);
        foreach (var activation in All)
        {
            for (int i = 0; i < Count; i++)
            {
                x.AsSpan<float>()[i] = (i - 20_000) / 2_000f * (activation == Activation.GeluTanh ? 0.6f : 1);
            }

            float[] inputs = x.AsSpan<float>().ToArray();
            compute.Activate(x, activation);
            double worst = inputs.Zip(x.AsSpan<float>().ToArray(), (a, y) => a == 0 ? Math.Abs(y) : Math.Abs((y / Exact(activation, a)) - 1)).Max();

            // The rounding error of the exponent, which is up to 17 here and 25 in the tanh form, is the relative error of the result.
            double allowed = activation switch { Activation.GeluTanh => 4e-6, Activation.QuickGelu => 2e-6, _ => 1e-6 };
            Assert.True(worst < allowed, $"{activation}: {worst}");
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "property")]
    public void Activate_OfANumber_HasTheSameBitsWhereverItFalls(string kernels)
    {
        using var workers = new Workers(3);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        using var scalar = new Compute(workers, KernelSet.ByName("scalar"));
        using var source = Numbers.Noise(1, 40_000);
        foreach (var activation in All)
        {
            using var all = Copy(source, 0, 40_000);
            scalar.Activate(all, activation);
            foreach (int length in Enumerable.Range(0, 257).Append(40_000))
            {
                int start = length % 7;
                using var part = Copy(source, start, Math.Min(length, 40_000 - start));
                compute.Activate(part, activation);
                Numbers.AssertSameBits(all.AsSpan<float>().Slice(start, part.Rows), part.AsSpan<float>());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Activate_OfExtremes_TendsToZeroOrTheInput(string kernels)
    {
        using var workers = new Workers(1);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        foreach (var activation in All)
        {
            float[] values = [float.NaN, float.PositiveInfinity, 1e30f, 1000, 50, -50, -1000, -1e30f, 0, -0f, 1e-40f];
            using var x = Tensor.From(values, values.Length);
            compute.Activate(x, activation);
            var y = x.AsSpan<float>();
            Assert.True(float.IsNaN(y[0]));
            Assert.Equal(values[1..5], y[1..5].ToArray());
            Assert.All(y[5..8].ToArray(), value => Assert.Equal(0, value, 1e-18));
            Assert.Equal(0, y[8]);
            Assert.Equal(0, y[9]);
            Assert.Equal(5e-41, y[10], 1e-44);
        }
    }

    [Fact]
    public void ActivateGated_OfUnfitShapes_Throws()
    {
        using var compute = new Compute();
        using var x = Numbers.Noise(1, 3);
        using var y = Numbers.Noise(1, 4);
        Assert.Throws<ArgumentException>(() => compute.AddInto(x, y));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void AddInto_OfEveryLength_Adds(string kernels)
    {
        using var workers = new Workers(3);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        foreach (int length in Enumerable.Range(0, 257).Append(50_001))
        {
            using var x = Numbers.Noise(1, length);
            using var y = Numbers.Noise(2, length);
            float[] expected = x.AsSpan<float>().ToArray().Zip(y.AsSpan<float>().ToArray(), (a, b) => a + b).ToArray();
            Assert.Same(x, compute.AddInto(x, y));
            Assert.Equal(expected, x.AsSpan<float>().ToArray());
        }
    }

    private static Tensor Copy(Tensor source, int start, int count) => Tensor.From(source.AsSpan<float>().Slice(start, count), count);

    private static double Exact(Activation activation, double x) => activation switch
    {
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.QuickGelu => x / (1 + Math.Exp(-1.702 * x)),
        Activation.GeluTanh => x / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        _ => x < 0 ? x * Tail(-x) : x * (1 - Tail(x)),
    };

    /// <summary>Φ(−a): a series near zero, a continued fraction far from it.</summary>
    private static double Tail(double a)
    {
        double density = Math.Exp(-a * a / 2) / Math.Sqrt(2 * Math.PI);
        if (a > 3)
        {
            double fraction = 0;
            for (int n = 300; n > 0; n--)
            {
                fraction = n / (a + fraction);
            }

            return density / (a + fraction);
        }

        double sum = 0, term = a;
        for (int n = 1; n < 200; n++)
        {
            sum += term;
            term *= a * a / ((2 * n) + 1);
        }

        return 0.5 - (density * sum);
    }
}
