using Fovea.Tensors.Kernels;

namespace Fovea.Tests.Tensors.Kernels;

public sealed class KernelSetTests
{
    [Fact]
    public void ByName_OfEveryName_FindsTheSet()
    {
        Assert.Equal(["avx512bf16", "avx512vnni", "avx512", "avxvnni", "avx2", "vector128", "scalar"], KernelSet.All.Select(set => set.Name));
        Assert.All(KernelSet.All, set => Assert.Same(set, KernelSet.ByName(set.Name)));
        Assert.True(KernelSet.ByName("scalar").IsAccelerated);
    }

    [Fact]
    public void ByName_OfAnUnknownName_ListsTheNames()
    {
        var error = Assert.Throws<ArgumentException>(() => KernelSet.ByName("mmx"));
        Assert.Contains("mmx", error.Message, StringComparison.Ordinal);
        Assert.Contains("avx512bf16, avx512vnni, avx512, avxvnni, avx2, vector128, scalar", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Default_IsWhatTheEnvironmentSaysOrTheFirstSetThatRoundsNothing()
    {
        string? forced = Environment.GetEnvironmentVariable(KernelSet.Variable);
        Assert.Same(string.IsNullOrEmpty(forced) ? KernelSet.All.First(set => set.IsAccelerated && !set.RoundsInputs) : KernelSet.ByName(forced), KernelSet.Default);
    }
}
