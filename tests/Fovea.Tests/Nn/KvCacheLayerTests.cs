using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

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

    [Theory]
    [InlineData(KvCacheType.F32, 2 * 3 * 2 * 20 * 4)]
    [InlineData(KvCacheType.BF16, 2 * 3 * 2 * 20 * 2)]
    [InlineData(KvCacheType.F16, 2 * 3 * 2 * 20 * 2)]
    [InlineData(KvCacheType.Int8, 2 * 3 * 2 * (20 + 4))]
    public void Bytes_OfThreeEntries_AreThoseOfTheirType(KvCacheType type, long bytes)
    {
        using var cache = new KvCacheLayer(2, 20, type);
        using var rows = Tensor.Allocate(3, 40);
        cache.Append(rows, rows, 0, 3, []);
        Assert.Equal(bytes, cache.Bytes);
    }

    [Theory]
    [MemberData(nameof(Types))]
    [Trait("kind", "property")]
    public void Attention_OverACacheOfAnyType_IsThatOverItsWidenedEntries(KvCacheType type)
    {
        const int Heads = 2, Count = 300;
        using var compute = new Compute();
        foreach (int size in (int[])[20, 64])
        {
            using var keys = Random(Count, Heads * size, 1);
            using var values = Random(Count, Heads * size, 2);
            using var queries = Random(Count, 2 * Heads * size, 3);
            using var kept = new KvCacheLayer(Heads, size, type);
            kept.Append(keys, values, 0, Count, []);
            using var wide = new KvCacheLayer(Heads, size);
            wide.Append(Widened(keys, type, size), Widened(values, type, size), 0, Count, []);
            foreach (int rows in (int[])[1, Count])
            {
                Tensor Attend(KvCacheLayer cache) => compute.Attention(
                    queries, [new AttentionSegment(0, rows, cache.Keys, cache.Values, 0, Count)], new AttentionSettings(2 * Heads, Heads, size, 0.1f, Causal: true));
                Assert.Equal(Attend(wide).Slice(0, rows).AsSpan<float>().ToArray(), Attend(kept).Slice(0, rows).AsSpan<float>().ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Retain_OfAnyType_MovesWholeEntries(KvCacheType type)
    {
        using var rows = Random(6, 40, 4);
        using var cache = new KvCacheLayer(2, 20, type);
        cache.Append(rows, rows, 0, 6, []);
        cache.Retain(1, [4, -1, 0]);
        using var expected = Tensor.Allocate(4, 40);
        foreach (var (to, from) in new[] { (0, 0), (1, 5), (3, 1) })
        {
            rows.Row<float>(from).CopyTo(expected.Row<float>(to));
        }

        using var fresh = new KvCacheLayer(2, 20, type);
        fresh.Append(expected, expected, 0, 4, []);
        for (int head = 0; head < 2; head++)
        {
            int bytes = (int)fresh.Bytes / 4;
            Assert.Equal(fresh.Keys.RowBytes(head)[..bytes].ToArray(), cache.Keys.RowBytes(head)[..bytes].ToArray());
            Assert.Equal(fresh.Values.RowBytes(head)[..bytes].ToArray(), cache.Values.RowBytes(head)[..bytes].ToArray());
        }
    }

    public static TheoryData<KvCacheType> Types => [.. Enum.GetValues<KvCacheType>()];

    private static Tensor Random(int rows, int width, ulong seed)
    {
        var random = new SplitMix64(seed);
        var tensor = Tensor.Allocate(rows, width);
        foreach (ref float value in tensor.AsSpan<float>())
        {
            value = (float)(((random.Next() >> 40) / (double)(1 << 23)) - 1);
        }

        return tensor;
    }

    /// <summary>Every head of every row rounded as a cache does.</summary>
    private static Tensor Widened(Tensor rows, KvCacheType type, int size)
    {
        var wide = Tensor.Allocate(rows.Rows, rows.RowLength);
        for (int row = 0; row < rows.Rows; row++)
        {
            for (int start = 0; start < rows.RowLength; start += size)
            {
                var source = rows.Row<float>(row).Slice(start, size);
                float scale = Math.Max(Math.Abs(source.ToArray().Max()), Math.Abs(source.ToArray().Min())) / 127;
                for (int i = 0; i < size; i++)
                {
                    wide.Row<float>(row)[start + i] = type switch
                    {
                        KvCacheType.BF16 => BFloat16.Round(source[i]).ToSingle(),
                        KvCacheType.F16 => (float)(Half)source[i],
                        KvCacheType.Int8 => MathF.Round(source[i] / scale) * scale,
                        _ => source[i],
                    };
                }
            }
        }

        return wide;
    }
}
