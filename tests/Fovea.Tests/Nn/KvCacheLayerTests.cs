using Fovea.Nn;
using Fovea.Tensors;

namespace Fovea.Tests.Nn;

public sealed class KvCacheLayerTests
{
    [Fact]
    public void Bias_OfTokensThatStandForOne_IsNone()
    {
        using var cache = new KvCacheLayer(1, 2);
        using var rows = Tensor.Allocate(3, 2);
        cache.Append(rows, rows, 0, 3, []);
        Assert.Null(cache.Bias);
    }

    [Fact]
    public void Bias_OfLaterTokens_IsZero_AndSurvivesGrowth()
    {
        using var cache = new KvCacheLayer(1, 2);
        using var rows = Tensor.Allocate(3, 2);
        cache.Append(rows, rows, 0, 3, [1, 3, 7]);
        for (int step = 0; step < 40; step++)
        {
            cache.Append(rows, rows, 0, 1, []);
        }

        var bias = Assert.IsType<Tensor>(cache.Bias).AsSpan<float>()[..cache.Length].ToArray();
        Assert.Equal([0, MathF.Log(3), MathF.Log(7)], bias[..3]);
        Assert.All(bias[3..], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Bias_OfAnEmptiedCache_IsNone()
    {
        using var cache = new KvCacheLayer(1, 2);
        using var rows = Tensor.Allocate(3, 2);
        cache.Append(rows, rows, 0, 3, [1, 3, 7]);
        cache.Truncate(0);
        Assert.Null(cache.Bias);
    }
}
