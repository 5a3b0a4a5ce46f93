using System.Text.Json;
using Fovea.Tensors.Kernels;

namespace Fovea.Cli.Output;

/// <summary>The processor and the kernels.</summary>
/// <param name="Name">What it calls itself.</param>
/// <param name="Threads">Threads that work at once.</param>
/// <param name="Features">Vector extensions that may be used.</param>
/// <param name="Kernels">The sets of kernels, the fastest first.</param>
internal sealed record ProcessorOutput(string Name, int Threads, IReadOnlyList<string> Features, IReadOnlyList<KernelSetOutput> Kernels)
{
    /// <summary>Of this computer.</summary>
    public static ProcessorOutput Current() => new(
        Processor.Name,
        Environment.ProcessorCount,
        Processor.Features,
        [.. KernelSet.All.Select(set => new KernelSetOutput(set.Name, set.IsAccelerated, set.IsAssembled, set == KernelSet.Default))]);

    /// <summary>One JSON object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, OutputJson.Plain.ProcessorOutput);
}
