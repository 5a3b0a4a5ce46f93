using System.Diagnostics;
using Fovea.Tensors.Kernels;

namespace Fovea.Tests.Cli;

/// <summary>The variables that choose kernels are read once, so each value has a process of its own.</summary>
public sealed class KernelVariableTests
{
    [Theory]
    [InlineData(KernelSet.Variable, "avx1024", "avx512vnni")]
    [InlineData(Processor.AssumedVariable, "avx512bf16, avx1024", "avxvnni")]
    public async Task Inspect_WithAnUnknownName_NamesTheVariableAndWhatThereIs(string variable, string value, string known)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Fovea.Cli.dll"), "inspect", "--cpu"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { [variable] = value },
        })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        string error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, process.ExitCode);
        Assert.Equal("", await output);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.All([variable, "avx1024", known], text => Assert.Contains(text, error, StringComparison.Ordinal));
    }
}
