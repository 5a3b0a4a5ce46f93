using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Benchmarks;

/// <summary>What each weight format costs in accuracy on matrices as they occur: heavy tails, and a few channels far above the others.</summary>
internal static class AccuracyBenchmark
{
    private const int Outputs = 1024;
    private const int Inputs = 4096;
    private const int Rows = 64;

    private delegate void Rounding(Span<float> row);

    /// <summary>Prints relative errors (Frobenius norm) of the weights, and of products with f32 activations and with those that the format computes with.</summary>
    public static void Run()
    {
        using var compute = new Compute();
        Console.WriteLine($"relative error, {Rows} x {Inputs} -> {Outputs}; weights: Student's t with 5 degrees of freedom, 4 inputs x 20; activations: the same, 8 channels x 20");
        Console.WriteLine("| format | bits a weight | weights | products, f32 activations | products as computed |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        using var weight = Heavy(1, Outputs, 4);
        using var x = Heavy(2, Rows, 8);
        using var exact = PackedMatrix.Pack(weight, compute.Workers, WeightFormat.F32);
        var reference = compute.Linear(x, exact);
        foreach (string name in new[] { "bf16", "f16", "int8:32", "int8:64", "int8:128", "int4:32", "int4:64", "int4:128" })
        {
            var format = WeightFormat.Parse(name);
            using var packed = PackedMatrix.Pack(weight, compute.Workers, format);
            using var wide = Widened(weight, format, compute);
            using var same = PackedMatrix.Pack(wide, compute.Workers, WeightFormat.F32);
            Report(name, 8.0 * packed.Bytes / weight.Shape.Count, Error(weight, wide), Error(reference, compute.Linear(x, same)), Error(reference, compute.Linear(x, packed)));
        }

        Ggml("ggml q8_0", 8.5, GgmlFormats.RoundQ8Zero, GgmlFormats.RoundQ8Zero);
        Ggml("ggml q4_0", 4.5, GgmlFormats.RoundQ4Zero, GgmlFormats.RoundQ8Zero);
        Ggml("ggml q4_K", 4.5, GgmlFormats.RoundQ4K, GgmlFormats.RoundQ8K);

        void Ggml(string name, double bits, Rounding roundWeight, Rounding roundInput)
        {
            using var wide = Rounded(weight, roundWeight);
            using var inputs = Rounded(x, roundInput);
            using var packed = PackedMatrix.Pack(wide, compute.Workers);
            Report(name, bits, Error(weight, wide), Error(reference, compute.Linear(x, packed)), Error(reference, compute.Linear(inputs, packed)));
        }
    }

    private static void Report(string name, double bits, double weights, double products, double computed) =>
        Console.WriteLine($"| {name} | {bits:F2} | {weights:E2} | {products:E2} | {computed:E2} |");

    private static double Error(Tensor expected, Tensor actual)
    {
        double difference = 0, size = 0;
        for (int row = 0; row < expected.Rows; row++)
        {
            var left = expected.Row<float>(row);
            var right = actual.Row<float>(row);
            for (int i = 0; i < left.Length; i++)
            {
                difference += Math.Pow((double)left[i] - right[i], 2);
                size += Math.Pow(left[i], 2);
            }
        }

        return Math.Sqrt(difference / size);
    }

    private static Tensor Widened(Tensor weight, WeightFormat format, Compute compute)
    {
        if (format.HasScales)
        {
            using var quantized = QuantizedMatrix.Of(weight, format, compute.Workers);
            return quantized.Widen();
        }

        return Rounded(weight, row =>
        {
            foreach (ref float value in row)
            {
                value = format.Kind == WeightKind.F16 ? (float)(Half)value : Fovea.Tensors.ElementTypes.BFloat16.Round(value).ToSingle();
            }
        });
    }

    private static Tensor Rounded(Tensor source, Rounding round)
    {
        var copy = Tensor.Allocate(source.Rows, source.RowLength);
        for (int row = 0; row < source.Rows; row++)
        {
            source.Row<float>(row).CopyTo(copy.Row<float>(row));
            round(copy.Row<float>(row));
        }

        return copy;
    }

    private static Tensor Heavy(int seed, int rows, int outliers)
    {
        var random = new Random(seed);
        var tensor = Tensor.Allocate(rows, Inputs);
        int[] loud = [.. Enumerable.Range(0, outliers).Select(_ => random.Next(Inputs))];
        for (int row = 0; row < rows; row++)
        {
            var values = tensor.Row<float>(row);
            for (int i = 0; i < values.Length; i++)
            {
                double square = Enumerable.Range(0, 5).Sum(_ => Math.Pow(Normal(random), 2));
                values[i] = (float)(0.02 * Normal(random) / Math.Sqrt(square / 5)) * (loud.Contains(i) ? 20 : 1);
            }
        }

        return tensor;
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
