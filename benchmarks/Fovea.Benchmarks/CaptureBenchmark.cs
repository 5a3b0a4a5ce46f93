using System.Globalization;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Benchmarks;

/// <summary>
/// What the attention rows that score visual tokens add to a layer's attention, alone and with the projections around it, at the prompt lengths of a picture
/// (729 tokens) and of a tiled one (2880), with 64 tokens of text behind.
/// </summary>
internal static class CaptureBenchmark
{
    private const int Text = 64, Heads = 32, Size = 128;
    private const double Seconds = 12;

    public static void Run()
    {
        Console.WriteLine("| visual tokens | rows | pairs | attention of a layer, ms | added, median of pairs | middle half of pairs | added to attention and projections |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (int visual in new[] { 729, 2880 })
        {
            int count = visual + Text;
            foreach (var (name, rows) in new (string, int[])[]
            {
                ("last", [count - 1]),
                ("last and null", [visual, count - 1]),
                ("question and null", [.. Enumerable.Range(visual, Text)]),
            })
            {
                Measure(visual, count, name, rows);
            }
        }
    }

    private static void Measure(int visual, int count, string name, int[] rows)
    {
        using var compute = new Compute();
        using var queries = Random(1, count, Heads * Size);
        using var keys = Random(2, Heads, count, Size);
        using var values = Random(3, Heads, count, Size);
        using var probabilities = Tensor.Allocate(Heads, rows.Length, count);
        var capture = new AttentionCapture { Rows = rows, Probabilities = probabilities };
        var pairs = Neighbours.Measure(() => Attend(compute, queries, keys, values, null), () => Attend(compute, queries, keys, values, capture), Seconds);
        double attention = pairs.Seconds, projections = Projections(compute, queries);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {visual} | {name} ({rows.Length}) | {pairs.Count} | {attention * 1e3:F1} | {pairs.Ratio() - 1:P2} | {pairs.Ratio(0.25) - 1:P1} to {pairs.Ratio(0.75) - 1:P1} | {(pairs.Ratio() - 1) * attention / (attention + projections):P2} |"));
    }

    /// <summary>Seconds of the four products around the attention: queries, keys, values, output.</summary>
    private static double Projections(Compute compute, Tensor rows)
    {
        using var weight = Random(4, Heads * Size, Heads * Size);
        using var packed = PackedMatrix.Pack(weight, compute.Workers);
        return 4 * Stopclock.Seconds(() =>
        {
            var mark = compute.Arena.Top;
            compute.Linear(rows, packed);
            compute.Arena.Release(mark);
        });
    }

    private static void Attend(Compute compute, Tensor queries, Tensor keys, Tensor values, AttentionCapture? capture)
    {
        var mark = compute.Arena.Top;
        compute.Attention(
            queries,
            [new AttentionSegment(0, queries.Rows, keys, values, 0, queries.Rows, null, capture)],
            new AttentionSettings(Heads, Heads, Size, 1 / MathF.Sqrt(Size), Causal: true));
        compute.Arena.Release(mark);
    }

    private static Tensor Random(ulong seed, params ReadOnlySpan<int> extents)
    {
        var generator = new SplitMix64(seed);
        var tensor = Tensor.Allocate(extents);
        foreach (ref float value in tensor.AsSpan<float>())
        {
            value = (float)((generator.Next() >> 40) / (double)(1 << 24)) - 0.5f;
        }

        return tensor;
    }
}
