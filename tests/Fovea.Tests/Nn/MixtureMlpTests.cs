using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tests.Tensors;

namespace Fovea.Tests.Nn;

public sealed class MixtureMlpTests
{
    private const int Width = 8, Inner = 6, Experts = 5, PerToken = 2;

    [Fact]
    [Trait("kind", "reference")]
    public void Forward_EqualsTheWeightedSumOfTheBestExperts()
    {
        using var compute = new Compute();
        var weights = Weights(3);
        using var mixture = MixtureMlp.Load(new WeightReader("test", weights), Width, Inner, (Experts, PerToken), Activation.Silu, compute);
        using var x = Numbers.Noise(11, 7, Width);
        var actual = mixture.Forward(compute, x);
        for (int row = 0; row < x.Rows; row++)
        {
            double[] expected = Slow(weights, x.Row<float>(row).ToArray());
            for (int i = 0; i < Width; i++)
            {
                Assert.Equal(expected[i], actual.Row<float>(row)[i], 1e-4);
            }
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Forward_OfOneToken_IsTheSameAsAmongOthers()
    {
        using var compute = new Compute();
        using var mixture = MixtureMlp.Load(new WeightReader("test", Weights(4)), Width, Inner, (Experts, PerToken), Activation.Silu, compute);
        using var x = Numbers.Noise(12, 40, Width);
        float[] together = mixture.Forward(compute, x).AsSpan<float>().ToArray();
        for (int row = 0; row < x.Rows; row++)
        {
            Assert.Equal(together[(row * Width)..((row + 1) * Width)], mixture.Forward(compute, x.Slice(row, 1)).AsSpan<float>().ToArray());
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void MultiplyAdds_CountTheRouterAndTheExpertsOfAToken()
    {
        using var compute = new Compute();
        using var mixture = MixtureMlp.Load(new WeightReader("test", Weights(5)), Width, Inner, (Experts, PerToken), Activation.Silu, compute);
        Assert.Equal((Width * Experts) + (PerToken * 3 * Width * Inner), mixture.MultiplyAdds);
    }

    private static double[] Slow(Dictionary<string, Tensor> weights, float[] x)
    {
        var router = weights["gate.weight"];
        double[] logits = [.. Enumerable.Range(0, Experts).Select(expert => Enumerable.Range(0, Width).Sum(i => (double)x[i] * router.Row<float>(expert)[i]))];
        double[] shares = [.. logits.Select(logit => Math.Exp(logit - logits.Max()))];
        int[] best = [.. Enumerable.Range(0, Experts).OrderByDescending(expert => shares[expert]).Take(PerToken)];
        double sum = best.Sum(expert => shares[expert]);
        var result = new double[Width];
        foreach (int expert in best)
        {
            float[] first = weights["experts.gate_up_proj"].Row<float>(expert).ToArray(), second = weights["experts.down_proj"].Row<float>(expert).ToArray();
            for (int j = 0; j < Inner; j++)
            {
                double gate = Enumerable.Range(0, Width).Sum(i => (double)x[i] * first[(i * 2 * Inner) + j]);
                double up = Enumerable.Range(0, Width).Sum(i => (double)x[i] * first[(i * 2 * Inner) + Inner + j]);
                for (int i = 0; i < Width; i++)
                {
                    result[i] += shares[expert] / sum * (gate / (1 + Math.Exp(-gate))) * up * second[(j * Width) + i];
                }
            }
        }

        return result;
    }

    private static Dictionary<string, Tensor> Weights(int seed) => new()
    {
        ["gate.weight"] = Numbers.Noise(seed, Experts, Width),
        ["experts.gate_up_proj"] = Numbers.Noise(seed + 100, Experts, Width, 2 * Inner),
        ["experts.down_proj"] = Numbers.Noise(seed + 200, Experts, Inner, Width),
    };
}
