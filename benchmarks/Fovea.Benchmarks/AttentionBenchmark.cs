using System.Globalization;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Benchmarks;

/// <summary>Attention at shapes of real models, beside an f32 matrix product of as many rows: the share of its rate, both measured in turns.</summary>
internal static class AttentionBenchmark
{
    private const int Inputs = 1024, Outputs = 4096;
    private const double Seconds = 5;

    private static readonly (string Model, int Tokens, int Heads, int KeyValueHeads, int Size, bool Causal)[] Shapes =
    [
        ("CLIP-L/336", 577, 16, 16, 64, false), ("SigLIP-so400m", 729, 16, 16, 72, false), ("CLIP-L, 2880 tokens", 2880, 16, 16, 64, false),
        ("Qwen2-0.5B", 729, 14, 2, 64, true), ("Qwen2-0.5B", 2880, 14, 2, 64, true), ("Qwen2-7B", 729, 28, 4, 128, true), ("Qwen2-7B", 2880, 28, 4, 128, true),
    ];

    /// <summary>Prints a table.</summary>
    public static void Run(Compute compute)
    {
        Console.WriteLine("| attention of | tokens | heads / key heads x size | cache | ms | GFLOP/s | share of the f32 matrix rate |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        using var weight = KernelBenchmark.Noise(Outputs, Inputs);
        using var packed = PackedMatrix.Pack(weight, compute.Workers);
        foreach (var (model, tokens, heads, kvHeads, d, causal) in Shapes)
        {
            using var q = KernelBenchmark.Noise(tokens, heads * d);
            using var k = KernelBenchmark.Noise(kvHeads, tokens, d);
            using var v = KernelBenchmark.Noise(kvHeads, tokens, d);
            using var x = KernelBenchmark.Noise(tokens, Inputs);
            var settings = new AttentionSettings(heads, kvHeads, d, 1 / MathF.Sqrt(d), causal);
            foreach (var type in causal ? new[] { ElementType.F32, ElementType.BF16 } : [ElementType.F32])
            {
                using var keys = Kept(k, type);
                using var values = Kept(v, type);
                var segments = new AttentionSegment[] { new(0, tokens, keys, values, 0, tokens) };
                var pairs = Neighbours.Measure(
                    () => Released(compute, () => compute.Attention(q, segments, settings)), () => Released(compute, () => compute.Linear(x, packed)), Seconds);
                double flops = 4.0 * tokens * tokens * heads * d * (causal ? 0.5 : 1), product = 2.0 * tokens * Inputs * Outputs;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {model}{(causal ? ", causal" : "")} | {tokens} | {heads} / {kvHeads} x {d} | {type.ToString().ToLowerInvariant()} | {pairs.Seconds * 1e3:F1} | {flops / pairs.Seconds / 1e9:F0} | {flops / product * pairs.Ratio():P0} |"));
            }
        }
    }

    private static Tensor Kept(Tensor numbers, ElementType type)
    {
        var kept = Tensor.Allocate(type, numbers.Shape);
        for (int row = 0; row < numbers.Rows; row++)
        {
            Fovea.Tensors.Kernels.AttentionEntry.Write(numbers.Row<float>(row), type, kept.RowBytes(row));
        }

        return kept;
    }

    private static void Released(Compute compute, Action action)
    {
        var mark = compute.Arena.Top;
        action();
        compute.Arena.Release(mark);
    }
}
