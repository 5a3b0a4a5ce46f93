using System.Globalization;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Benchmarks;

/// <summary>Matrix products in every weight format, at shapes of real models, as a share of what the machine can do.</summary>
internal static class ProductBenchmark
{
    // So much is read before a weight is read again, or else one that fits into a cache would stand for one that comes from memory.
    private const long BytesBetween = 512L << 20;
    private const int RowsFromMemory = 4;

    private static readonly (string Model, int Width, int Inner)[] Models =
        [("clip-l", 1024, 4096), ("siglip-so400m", 1152, 4304), ("qwen2-0.5b", 896, 4864), ("qwen2-1.5b", 1536, 8960), ("qwen2-7b", 3584, 18_944)];

    private static readonly int[] RowCounts = [1, 9, 36, 144, 576, 729, 2880];

    /// <summary>Measures all formats, models and rows, or those that are named.</summary>
    public static void Run(Compute compute, string[] names)
    {
        var limits = MachineLimits.Measure(compute.Workers);
        Console.WriteLine($"products: {compute.Kernels}{(compute.Kernels.IsAssembled == true ? ", assembled" : "")}; limits {limits.FlopsPerSecond / 1e9:F0} GFLOP/s f32, {limits.BytesPerSecond / 1e9:F1} GB/s");
        Console.WriteLine("up to 4 rows the weights come from memory: other weights of 512 MB are read between two uses");
        WeightFormat[] all = [WeightFormat.F32, WeightFormat.BF16, WeightFormat.F16, WeightFormat.Int8, WeightFormat.Int4];
        var formats = names.Where(name => all.Any(format => name.Split(':')[0] == format.ToString().Split(':')[0])).Select(WeightFormat.Parse).ToArray();
        var rows = names.Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _)).Select(name => int.Parse(name, CultureInfo.InvariantCulture)).ToArray();
        foreach (var (model, width, inner) in Models.Where(model => !names.Any(name => Models.Any(other => other.Model == name)) || names.Contains(model.Model)))
        {
            foreach (var (outputs, inputs) in new[] { (width, width), (inner, width), (width, inner) })
            {
                foreach (var format in formats is [] ? all : formats)
                {
                    Measure(compute, limits, model, format, outputs, inputs, rows is [] ? RowCounts : rows);
                }
            }
        }
    }

    private static void Measure(Compute compute, MachineLimits limits, string model, WeightFormat format, int outputs, int inputs, int[] rowCounts)
    {
        using var weight = KernelBenchmark.Noise(outputs, inputs);
        using var packed = PackedMatrix.Pack(weight, compute.Workers, format);
        foreach (int rows in rowCounts)
        {
            using var x = KernelBenchmark.Noise(rows, inputs);
            var weights = new List<PackedMatrix> { packed };
            while (rows <= RowsFromMemory && weights.Count * packed.Bytes < BytesBetween)
            {
                weights.Add(PackedMatrix.Pack(weight, compute.Workers, format));
            }

            int next = 0;
            double seconds = KernelBenchmark.Time(compute, () => compute.Linear(x, weights[next++ % weights.Count]));
            double flops = 2.0 * rows * inputs * outputs / seconds, bytes = packed.Bytes / seconds;
            Console.WriteLine(
                $"  {model,-13} {format,-8} {rows,4} x {inputs,5} -> {outputs,5}: {flops / 1e9,7:F1} GFLOP/s {flops / limits.FlopsPerSecond,5:P0}, " +
                $"weights {bytes / 1e9,5:F1} GB/s {bytes / limits.BytesPerSecond,5:P0}, {seconds * 1e6,9:F1} us");
            weights.Where(copy => copy != packed).ToList().ForEach(copy => copy.Dispose());
        }
    }
}
