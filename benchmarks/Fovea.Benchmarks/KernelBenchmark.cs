using Fovea.Tensors;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Ops;

namespace Fovea.Benchmarks;

/// <summary>The kernels alone, at shapes of real models.</summary>
internal static class KernelBenchmark
{
    private static readonly (int Outputs, int Inputs)[] Weights = [(1024, 1024), (4096, 1024), (896, 896), (4864, 896), (151_936, 896)];

    /// <summary>Runs the named groups, or all.</summary>
    public static void Run(string[] groups)
    {
        using var compute = new Compute();
        Console.WriteLine($"{compute.Kernels}, {compute.Workers.Degree} threads");
        if (groups is [] || groups.Contains("linear"))
        {
            Linear(compute);
        }

        if (groups is [] or ["products", ..])
        {
            ProductBenchmark.Run(compute, groups is [] ? [] : groups[1..]);
        }

        if (groups is [] || groups.Contains("attention"))
        {
            AttentionBenchmark.Run(compute);
        }

        if (groups is [] || groups.Contains("rows"))
        {
            Rows(compute);
        }
    }

    private static void Linear(Compute compute)
    {
        Console.WriteLine("linear: rows x inputs -> outputs");
        foreach (var (outputs, inputs) in Weights)
        {
            using var weight = Noise(outputs, inputs);
            using var packed = PackedMatrix.Pack(weight, compute.Workers);
            double pack = Stopclock.Seconds(() => PackedMatrix.Pack(weight, compute.Workers).Dispose());
            Console.WriteLine($"  pack {outputs} x {inputs}: {packed.Bytes / pack / 1e9:F1} GB/s");
            foreach (int rows in outputs > 100_000 ? [1] : new[] { 1, 4, 12, 64, 577 })
            {
                using var x = Noise(rows, inputs);
                double seconds = Time(compute, () => compute.Linear(x, packed));
                double speed = 2.0 * rows * inputs * outputs / seconds / 1e9, bandwidth = packed.Bytes / seconds / 1e9;
                Console.WriteLine($"  {rows,4} x {inputs,4} -> {outputs,6}: {speed,6:F1} GFLOP/s, weights {bandwidth,5:F1} GB/s, {seconds * 1e6,7:F1} us");
            }
        }
    }

    private static void Rows(Compute compute)
    {
        Console.WriteLine("rows: 577 x 4096, and a vocabulary of 151936");
        using var x = Noise(577, 4096);
        using var y = Noise(577, 4096);
        using var weight = Noise(4096);
        using var angles = Noise(577, 32);
        using var logits = Noise(151_936);
        float[] probabilities = new float[151_936];
        Report("rms norm", x.Shape.Count, Time(compute, () => compute.RmsNorm(x, weight, 1e-6f)));
        Report("layer norm", x.Shape.Count, Time(compute, () => compute.LayerNorm(x, weight, weight, 1e-6f)));
        Report("rotate", x.Shape.Count, Time(compute, () => compute.Rotate(x, angles, angles)));
        Report("add", x.Shape.Count, Time(compute, () => compute.AddInto(x, y)));
        foreach (var activation in Enum.GetValues<Activation>())
        {
            Report(activation.ToString(), y.Shape.Count, Time(compute, () => compute.Activate(y, activation)));
        }

        Report("softmax", logits.Shape.Count, Stopclock.Seconds(() => Softmax.Apply(logits.AsSpan<float>(), probabilities)));
        Report("top 50", logits.Shape.Count, Stopclock.Seconds(() => TopK.Descending(logits.AsSpan<float>(), 50)));
    }

    private static void Report(string name, long count, double seconds) =>
        Console.WriteLine($"  {name,-10}: {count / seconds / 1e9,5:F2} G numbers/s, {seconds * 1e6,7:F1} us");

    internal static double Time(Compute compute, Action action) => Stopclock.Seconds(() =>
    {
        var mark = compute.Arena.Top;
        action();
        compute.Arena.Release(mark);
    });

    internal static Tensor Noise(params ReadOnlySpan<int> extents)
    {
        var tensor = Tensor.Allocate(extents);
        var random = new Random(1);
        foreach (ref float value in tensor.AsSpan<float>())
        {
            value = random.NextSingle() - 0.5f;
        }

        return tensor;
    }
}
