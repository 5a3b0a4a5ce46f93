using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Tests.Tensors.Ops;

public sealed class AttentionTests
{
    private static readonly (bool Causal, int Window)[] Masks = [(false, 0), (true, 0), (true, 1), (true, 20), (false, 9)];

    public static TheoryData<string> Kernels => Numbers.KernelNames;

    [Theory]
    [MemberData(nameof(Kernels))]
    [Trait("kind", "reference")]
    public void Attention_OfManyShapes_MatchesTheSlowLoop(string kernels)
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers, KernelSet.ByName(kernels));
        int seed = 0;
        foreach (var (heads, kvHeads, d) in new[] { (1, 1, 8), (2, 2, 32), (4, 2, 40), (7, 1, 64), (6, 3, 72), (2, 1, 33) })
        {
            foreach (var (queries, keys) in new[] { (1, 1), (1, 300), (5, 5), (12, 31), (13, 256), (3, 257), (97, 97), (40, 530) })
            {
                // Each pair of sizes with two of the masks, another two each time.
                foreach (var (causal, window) in new[] { Masks[seed % 5], Masks[(seed + 2) % 5] })
                {
                    var settings = new AttentionSettings(heads, kvHeads, d, 1 / MathF.Sqrt(d), causal, window);
                    Check(compute, ++seed, queries, keys, settings, byHead: seed % 2 == 0, biased: seed % 3 == 0);
                }
            }
        }
    }

    [Theory]
    [InlineData(false, 0, false)]
    [InlineData(true, 0, true)]
    [InlineData(true, 70, false)]
    [Trait("kind", "property")]
    public void Attention_OfARow_HasTheSameBitsForAnyCompanyLayoutDegreeAndKernels(bool causal, int window, bool biased)
    {
        const int Count = 300;
        var settings = new AttentionSettings(6, 2, 64, 0.125f, causal, window);
        using var q = Numbers.Noise(1, Count, 6 * 64);
        using var k = Numbers.Noise(2, Count, 2 * 64);
        using var v = Numbers.Noise(3, Count, 2 * 64);
        using var kh = ByHead(k, 2, 500);
        using var vh = ByHead(v, 2, 500);
        using var bias = Numbers.Noise(4, Count);
        uint[]? expected = null;
        foreach (var kernels in KernelSet.All)
        {
            foreach (int degree in kernels == KernelSet.Default ? new[] { 1, 2, 3, 7 } : [2])
            {
                using var workers = new Workers(degree);
                using var compute = new Compute(workers, kernels);
                foreach (var (keys, values) in new[] { (k, v), (kh, vh) })
                {
                    var whole = compute.Attention(q, [new AttentionSegment(0, Count, keys, values, 0, Count, biased ? bias : null)], settings);
                    expected ??= Numbers.Bits(whole.AsSpan<float>());
                    Assert.Equal(expected, Numbers.Bits(whole.AsSpan<float>()));

                    // As decoding and chunked prefill do it: some rows alone, seeing the keys so far.
                    foreach (var (start, rows) in new[] { (0, 1), (1, 1), (50, 2), (255, 1), (256, 1), (255, 3), (100, 44), (299, 1), (190, 110) })
                    {
                        int seen = causal ? start + rows : Count;
                        using var some = causal && biased ? Tensor.From(bias.AsSpan<float>()[..seen], seen) : null;
                        var segment = new AttentionSegment(start, rows, keys, values, 0, seen, biased ? some ?? bias : null);
                        var part = compute.Attention(q, [segment], settings);
                        Assert.Equal(expected[(start * 384)..((start + rows) * 384)], Numbers.Bits(part.AsSpan<float>()[(start * 384)..((start + rows) * 384)]));
                    }

                    compute.Arena.Release(default);
                }
            }
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Attention_OfAPackedBatch_EqualsEachSequenceAlone()
    {
        var settings = new AttentionSettings(4, 2, 32, 0.2f, Causal: true);
        using var workers = new Workers(3);
        using var compute = new Compute(workers);
        using var q = Numbers.Noise(1, 400, 128);
        using var k = Numbers.Noise(2, 400, 64);
        using var v = Numbers.Noise(3, 400, 64);
        AttentionSegment[] segments =
        [
            new(0, 300, k, v, 0, 300), new(300, 1, k, v, 0, 390), new(301, 0, k, v, 20, 10), new(301, 99, k, v, 301, 99),
        ];
        var all = compute.Attention(q, segments, settings);
        foreach (var segment in segments)
        {
            var alone = compute.Attention(q, [segment], settings);
            int from = segment.QueryStart * 128, to = from + (segment.QueryCount * 128);
            Numbers.AssertSameBits(alone.AsSpan<float>()[from..to], all.AsSpan<float>()[from..to]);
        }
    }

    [Fact]
    public void Attention_WithoutKeys_IsZero()
    {
        using var compute = new Compute();
        using var q = Numbers.Noise(1, 3, 16);
        using var k = Numbers.Noise(2, 3, 16);
        compute.Rent(3, 16).AsSpan<float>().Fill(7);
        compute.Arena.Release(default);
        var y = compute.Attention(q, [new AttentionSegment(0, 3, k, k, 0, 0)], new AttentionSettings(2, 2, 8, 1, Causal: false));
        Assert.All(y.AsSpan<float>().ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Attention_OfHugeScores_StaysFinite()
    {
        using var compute = new Compute();
        using var q = Numbers.Noise(1, 3, 16);
        using var k = Numbers.Noise(2, 300, 16);
        var y = compute.Attention(q, [new AttentionSegment(0, 3, k, k, 0, 300)], new AttentionSettings(2, 2, 8, 1e6f, Causal: false));
        Assert.All(y.AsSpan<float>().ToArray(), value => Assert.InRange(value, -1, 1));
    }

    [Fact]
    public void Attention_OfUnfitShapes_NamesThem()
    {
        using var compute = new Compute();
        using var q = Numbers.Noise(1, 3, 16);
        using var k = Numbers.Noise(2, 5, 8);
        var settings = new AttentionSettings(2, 1, 8, 1, false);
        void Throws(AttentionSegment segment, AttentionSettings s) => Assert.Throws<ArgumentException>(() => compute.Attention(q, [segment], s));
        Throws(new(0, 4, k, k, 0, 5), settings);
        Throws(new(0, 3, k, k, 1, 5), settings);
        Throws(new(0, 3, k, q, 0, 3), settings);
        Throws(new(0, 3, q, q, 0, 3), settings);
        Throws(new(0, 3, k, k, 0, 5), settings with { KeyValueHeads = 0 });
        Throws(new(0, 3, k, k, 0, 5), settings with { Heads = 3 });
        Throws(new(0, 3, k, k, 0, 5), settings with { Window = -1 });
        Throws(new(0, 3, k, k, 0, 5), settings with { Scale = float.NaN });
        Throws(new(0, 3, k, k, 0, 5, KeyBias: q), settings);
        Throws(new(0, 3, k, k, 0, 5, Capture: new AttentionCapture { Rows = [3] }), settings);
        Throws(new(0, 3, k, k, 0, 5, Capture: new AttentionCapture { Rows = [1, 1] }), settings);
        Throws(new(0, 3, k, k, 0, 5, Capture: new AttentionCapture { Rows = [1], Probabilities = k }), settings);
        Throws(new(0, 3, k, k, 0, 5, Capture: new AttentionCapture { Received = k }), settings);
    }

    [Fact]
    public void Attention_InSteadyState_AllocatesNothing()
    {
        using var workers = new Workers(2);
        using var compute = new Compute(workers);
        using var q = Numbers.Noise(1, 200, 256);
        using var k = Numbers.Noise(2, 2, 600, 64);
        var settings = new AttentionSettings(4, 2, 64, 0.125f, Causal: true);
        var segments = new AttentionSegment[] { new(0, 1, k, k, 0, 555) };
        Steady.AssertAllocatesNothing(compute, () => compute.Attention(q, segments, settings));
        segments[0] = new(0, 200, k, k, 0, 555);
        Steady.AssertAllocatesNothing(compute, () => compute.Attention(q, segments, settings));
    }

    private static void Check(Compute compute, int seed, int queryCount, int keyCount, AttentionSettings settings, bool byHead, bool biased)
    {
        int width = settings.KeyValueHeads * settings.HeadSize;
        using var q = Numbers.Noise(seed, queryCount + 2, settings.Heads * settings.HeadSize);
        using var k = Numbers.Noise(seed + 1, keyCount + 3, width);
        using var v = Numbers.Noise(seed + 2, keyCount + 3, width);
        using var kh = ByHead(k, settings.KeyValueHeads, keyCount + 5);
        using var vh = ByHead(v, settings.KeyValueHeads, keyCount + 5);
        using var bias = Numbers.Noise(seed + 3, keyCount);
        int[] rows = queryCount == 1 ? [0] : [0, queryCount / 2, queryCount - 1];
        using var probabilities = Tensor.Allocate(settings.Heads, rows.Length, keyCount);
        using var unmasked = Tensor.Allocate(settings.Heads, rows.Length, keyCount);
        using var received = Tensor.Allocate(settings.Heads, keyCount);
        var segment = new AttentionSegment(1, queryCount, byHead ? kh : k, byHead ? vh : v, 2, keyCount, biased ? bias : null);
        var expected = new SlowAttention(q, segment, settings);
        var capture = new AttentionCapture { Rows = [.. rows.Distinct()], Probabilities = probabilities, Received = received };
        var y = compute.Attention(q, [segment with { Capture = capture }], settings);
        Numbers.AssertNear(expected.Output, y.AsSpan<float>().Slice(settings.Heads * settings.HeadSize, expected.Output.Length), 2e-6);
        CheckRows(rows, expected, probabilities);
        for (int h = 0; h < settings.Heads; h++)
        {
            for (int j = 0; j < keyCount; j++)
            {
                double mean = Enumerable.Range(0, queryCount).Average(i => expected.Probabilities[h, i, j]);
                Assert.Equal(mean, received.Row<float>(h)[j], 1e-6);
            }
        }

        var free = new AttentionCapture { Rows = rows, Probabilities = unmasked, Causal = false };
        var again = compute.Attention(q, [segment with { Capture = free }], settings);
        int from = settings.Heads * settings.HeadSize, to = from + expected.Output.Length;
        Numbers.AssertSameBits(y.AsSpan<float>()[from..to], again.AsSpan<float>()[from..to]);
        CheckRows(rows, new SlowAttention(q, segment, settings with { Causal = false }), unmasked);
        compute.Arena.Release(default);
    }

    private static void CheckRows(int[] rows, SlowAttention expected, Tensor actual)
    {
        int keys = actual.Shape[2];
        for (int h = 0; h < actual.Rows; h++)
        {
            for (int r = 0; r < rows.Length; r++)
            {
                for (int j = 0; j < keys; j++)
                {
                    double p = expected.Probabilities[h, rows[r], j];
                    float a = actual.Row<float>(h)[(r * keys) + j];
                    Assert.True(p == 0 ? a == 0 : Math.Abs(p - a) <= 1e-6, $"head {h}, row {rows[r]}, key {j}: {a}, expected {p}");
                }
            }
        }
    }

    private static Tensor ByHead(Tensor keys, int heads, int capacity)
    {
        int d = keys.RowLength / heads;
        var result = Tensor.Allocate(heads, capacity, d);
        result.AsSpan<float>().Fill(float.NaN);
        for (int h = 0; h < heads; h++)
        {
            for (int j = 0; j < keys.Rows; j++)
            {
                keys.Row<float>(j).Slice(h * d, d).CopyTo(result.Row<float>(h)[(j * d)..]);
            }
        }

        return result;
    }
}
