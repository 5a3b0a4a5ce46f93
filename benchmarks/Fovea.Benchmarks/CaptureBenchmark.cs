using System.Diagnostics;
using System.Globalization;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Benchmarks;

/// <summary>
/// What the attention rows that score visual tokens add to a layer's attention alone, without the projections around it, at the prompt lengths of a picture
/// (729 tokens) and of a tiled one (2880), with 64 tokens of text behind. Each setting takes turns with the one without rows; the best of many turns counts.
/// </summary>
internal static class CaptureBenchmark
{
    private const int Text = 64, Heads = 32, Size = 128, Turns = 12;

    public static void Run()
    {
        Console.WriteLine("| visual tokens | rows | attention of a layer, ms | with rows, ms | added |");
        Console.WriteLine("|---|---|---|---|---|");
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
        double plain = double.PositiveInfinity, captured = double.PositiveInfinity;
        Attend(compute, queries, keys, values, capture);
        for (int turn = 0; turn < Turns; turn++)
        {
            plain = Math.Min(plain, Once(() => Attend(compute, queries, keys, values, null)));
            captured = Math.Min(captured, Once(() => Attend(compute, queries, keys, values, capture)));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {visual} | {name} ({rows.Length}) | {plain * 1e3:F1} | {captured * 1e3:F1} | {(captured - plain) / plain:P2} |"));
    }

    private static double Once(Action action)
    {
        long started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
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
