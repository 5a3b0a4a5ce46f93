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
        WeightFormat[] all = [WeightFormat.F32, WeightFormat.BF16, WeightFormat.F16, WeightFormat.Int8, WeightFormat.Int4];
        var formats = names.Where(name => all.Any(format => name.Split(':')[0] == format.ToString().Split(':')[0])).Select(WeightFormat.Parse).ToArray();
        var rows = names.Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _)).Select(name => int.Parse(name, CultureInfo.InvariantCulture)).ToArray();
        rows = rows is [] ? RowCounts : rows;
        var limits = MachineLimits.Measure(compute.Workers);
        var lines = new List<(string Name, (double Flops, double Bytes)[] Cells)>();
        foreach (var (model, width, inner) in Models.Where(model => !names.Any(name => Models.Any(other => other.Model == name)) || names.Contains(model.Model)))
        {
            foreach (var (outputs, inputs) in new[] { (width, width), (inner, width), (width, inner) })
            {
                using var weight = KernelBenchmark.Noise(outputs, inputs);
                foreach (var format in formats is [] ? all : formats)
                {
                    lines.Add(($"{model} | {inputs} to {outputs} | {format}", [.. rows.Select(count => Measure(compute, weight, format, count))]));
                    limits = limits.Better(MachineLimits.Measure(compute.Workers));
                    Console.Error.WriteLine($"{lines[^1].Name}: {string.Join(", ", lines[^1].Cells.Select(cell => $"{cell.Flops / 1e9:F0}"))} GFLOP/s");
                }
            }
        }

        Print(compute, limits, rows, lines);
    }

    private static (double Flops, double Bytes) Measure(Compute compute, Tensor weight, WeightFormat format, int rows)
    {
        var weights = new List<PackedMatrix>();
        do
        {
            weights.Add(PackedMatrix.Pack(weight, compute.Workers, format));
        }
        while (rows <= RowsFromMemory && weights.Count * weights[0].Bytes < BytesBetween);

        using var x = KernelBenchmark.Noise(rows, weight.RowLength);
        int next = 0;
        double seconds = KernelBenchmark.Time(compute, () => compute.Linear(x, weights[next++ % weights.Count]));
        long bytes = weights[0].Bytes;
        weights.ForEach(packed => packed.Dispose());
        return (2.0 * rows * weight.Shape.Count / seconds, bytes / seconds);
    }

    private static void Print(Compute compute, MachineLimits limits, int[] rows, List<(string Name, (double Flops, double Bytes)[] Cells)> lines)
    {
        Console.WriteLine($"{compute.Kernels}{(compute.Kernels.IsAssembled == true ? ", assembled" : "")}, {compute.Workers.Degree} threads; at most {limits.FlopsPerSecond / 1e9:F0} GFLOP/s of f32 multiply-adds and {limits.BytesPerSecond / 1e9:F1} GB/s between the lines.");
        Console.WriteLine("GFLOP/s and share of that; up to 4 rows GB/s of weights that come from memory (others of 512 MB are read between two uses) and share of that.");
        Console.WriteLine($"\n| model | inputs to outputs | weights |{string.Concat(rows.Select(count => $" {count} rows |"))}");
        Console.WriteLine($"|---|---|---|{string.Concat(rows.Select(_ => "---|"))}");
        foreach (var (name, cells) in lines)
        {
            var texts = cells.Zip(rows, (cell, count) => count <= RowsFromMemory
                ? string.Create(CultureInfo.InvariantCulture, $" {cell.Bytes / 1e9:F1} GB/s {cell.Bytes / limits.BytesPerSecond:P0} |")
                : string.Create(CultureInfo.InvariantCulture, $" {cell.Flops / 1e9:F0} {cell.Flops / limits.FlopsPerSecond:P0} |"));
            Console.WriteLine($"| {name} |{string.Concat(texts)}");
        }
    }
}
