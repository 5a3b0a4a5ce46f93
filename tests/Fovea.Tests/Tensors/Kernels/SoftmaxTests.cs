using Fovea.Tensors.Kernels;

namespace Fovea.Tests.Tensors.Kernels;

public sealed class SoftmaxTests
{
    [Fact]
    [Trait("kind", "reference")]
    public void Apply_OfEveryLength_MatchesTheSlowLoop()
    {
        var random = new Random(1);
        foreach (int n in Enumerable.Range(1, 257).Append(151_936))
        {
            float[] x = Enumerable.Range(0, n).Select(_ => (random.NextSingle() * 2000) - 1000).ToArray();
            var y = new float[n];
            Softmax.Apply(x, y);
            double max = x.Max(), sum = x.Sum(v => Math.Exp(v - max));
            Numbers.AssertNear(x.Select(v => Math.Exp(v - max) / sum).ToArray(), y, 1e-30, 1e-6);
        }
    }

    [Fact]
    public void Apply_OfEqualLogits_IsUniform()
    {
        float[] x = [1000, 1000, 1000, 1000];
        Softmax.Apply(x, x);
        Assert.Equal([0.25f, 0.25f, 0.25f, 0.25f], x);
    }

    [Fact]
    public void Apply_OfInfinitiesAndNaN_FollowsTheDocumentation()
    {
        float[] x = [1, float.NegativeInfinity, 1];
        Softmax.Apply(x, x);
        Assert.Equal([0.5f, 0, 0.5f], x);
        for (int at = 0; at < 40; at++)
        {
            var bad = new float[40];
            bad[at] = float.NaN;
            Softmax.Apply(bad, bad);
            Assert.All(bad, value => Assert.True(float.IsNaN(value)));
        }

        float[] none = [float.NegativeInfinity, float.NegativeInfinity];
        Softmax.Apply(none, none);
        Assert.All(none, value => Assert.True(float.IsNaN(value)));
        Softmax.Apply([], []);
    }

    [Fact]
    public void Apply_OfAnotherLength_Throws() => Assert.Throws<ArgumentException>(() => Softmax.Apply([1], new float[2]));
}
