using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Threading;

namespace Fovea.Benchmarks;

/// <summary>The same calls of the tensor library of this build and of another one, both in this process, in turns.</summary>
internal static class VersusBenchmark
{
    private const double Seconds = 4;
    private const int Copies = 3;

    private static readonly string[] Defaults =
    [
        "577x1024x4096:f32", "577x4096x1024:f32", "577x1024x4096:bf16", "1x1536x8960:int8", "36x1536x8960:int8", "577x1024x1024:int8", "577x1024x4096:int8", "577x4096x1024:int8",
        "793x896x4864:int8", "793x4864x896:int8", "793x896x4864:int4", "793x4864x896:int4", "577x16x16x64", "729x16x16x72", "729x14x2x64:causal",
    ];

    /// <summary>Prints a table.</summary>
    /// <param name="folder">Where the other Fovea.Tensors.dll lies.</param>
    /// <param name="calls">Products, as ROWSxINPUTSxOUTPUTS:FORMAT, and attentions, as TOKENSxHEADSxKEYHEADSxSIZE or that with :causal; none = a selection.</param>
    public static void Run(string folder, string[] calls)
    {
        string[] assemblies = [typeof(Compute).Assembly.Location, Path.GetFullPath(Path.Combine(folder, Path.GetFileName(typeof(Compute).Assembly.Location)))];
        Console.WriteLine("| call | this build, ms | it is as fast as the other one, times | pairs |");
        Console.WriteLine("|---|---|---|---|");
        foreach (string call in calls is [] ? Defaults : calls)
        {
            var actions = assemblies.Select(assembly => new Build(assembly).Call(call)).ToArray();
            var pairs = Neighbours.Measure(actions[0], actions[1], Seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {call} | {pairs.Seconds * 1e3:F2} | {pairs.Ratio():F2} | {pairs.Count} |"));
        }
    }

    /// <summary>A call on random numbers; each build has its own copy of this method.</summary>
    public static Action Call(string text)
    {
        string[] parts = text.Split(':');
        int[] sizes = [.. parts[0].Split('x').Select(size => int.Parse(size, CultureInfo.InvariantCulture))];
        var compute = new Compute(new Workers(Environment.ProcessorCount));
        var action = sizes.Length == 3 ? Product(compute, sizes, WeightFormat.Parse(parts[1])) : Attention(compute, sizes, causal: parts.Length > 1);
        return () =>
        {
            var mark = compute.Arena.Top;
            action();
            compute.Arena.Release(mark);
        };
    }

    private static Action Product(Compute compute, int[] sizes, WeightFormat format)
    {
        using var weight = KernelBenchmark.Noise(sizes[2], sizes[1]);
        var x = KernelBenchmark.Noise(sizes[0], sizes[1]);
        var weights = Enumerable.Range(0, Copies).Select(_ => PackedMatrix.Pack(weight, compute.Workers, format)).ToArray();
        int next = 0;
        return () => compute.Linear(x, weights[next++ % Copies]);
    }

    private static Action Attention(Compute compute, int[] sizes, bool causal)
    {
        var (tokens, heads, kvHeads, d) = (sizes[0], sizes[1], sizes[2], sizes[3]);
        var q = KernelBenchmark.Noise(tokens, heads * d);
        Tensor k = KernelBenchmark.Noise(tokens, kvHeads * d), v = KernelBenchmark.Noise(tokens, kvHeads * d);
        return () => compute.Attention(q, [new AttentionSegment(0, tokens, k, v, 0, tokens)], new AttentionSettings(heads, kvHeads, d, 1 / MathF.Sqrt(d), causal));
    }

    /// <summary>This program once more, with a tensor library from elsewhere.</summary>
    private sealed class Build(string tensors) : AssemblyLoadContext
    {
        public Action Call(string text) =>
            LoadFromAssemblyPath(typeof(VersusBenchmark).Assembly.Location).GetType(typeof(VersusBenchmark).FullName!)!.GetMethod(nameof(VersusBenchmark.Call))!.CreateDelegate<Func<string, Action>>()(text);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == typeof(Compute).Assembly.GetName().Name ? LoadFromAssemblyPath(tensors) : null;
    }
}
