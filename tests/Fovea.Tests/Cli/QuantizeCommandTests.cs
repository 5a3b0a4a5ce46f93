using System.Text.Json;

namespace Fovea.Tests.Cli;

[Trait("kind", "end-to-end")]
public sealed class QuantizeCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fovea-quantize-").FullName;

    private string Output => Path.Combine(_folder, "small");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("int8")]
    [InlineData("int4")]
    [InlineData("bf16")]
    public void Quantize_ThenAsk_AnswersAsTheOriginalDoes(string format)
    {
        var run = CommandLine.Run("quantize", CommandLine.Model, Output, "--weights", format, "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        Assert.True(json.RootElement.GetProperty("bytes_after").GetInt64() <= json.RootElement.GetProperty("bytes_before").GetInt64());
        Assert.Equal("OPEN", CommandLine.Run("ask", CommandLine.Picture, "What word is on the sign?", "--model", Output).Out.Trim());
    }

    [Fact]
    public void Quantize_OfParts_SaysWhatStayed()
    {
        var run = CommandLine.Run("quantize", CommandLine.Model, Output, "--weights", "int4", "--group", "64", "--keep-float", "*vision_tower*");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("42 linear layers in int4:64", run.Out, StringComparison.Ordinal);
        Assert.Contains("30 as they were", run.Out, StringComparison.Ordinal);
        using var inspected = JsonDocument.Parse(CommandLine.Run("inspect", Output, "--json").Out);
        var parts = inspected.RootElement.GetProperty("weights").EnumerateArray().Select(part => $"{part.GetProperty("part")} {part.GetProperty("format")} {part.GetProperty("matrices")}");
        Assert.Equal(["encoder bf16 30", "projector int8:32 1", "projector int8:64 1", "language model int4:64 42", "head int8:64 1"], parts);
        Assert.Equal("bf16", inspected.RootElement.GetProperty("cache").GetString());
    }

    [Theory]
    [InlineData("there is no weight format 'int5'", "--weights", "int5")]
    [InlineData("not as f32", "--weights", "f32")]
    [InlineData("multiple of 32", "--weights", "int8", "--group", "40")]
    [InlineData("no linear layer", "--weights", "int8", "--keep-float", "nothing*")]
    [InlineData("--weights", "--group", "64")]
    public void Quantize_OfWhatCannotBe_SaysWhyAndLeavesNothing(string part, params string[] options)
    {
        var run = CommandLine.Run(["quantize", CommandLine.Model, Output, .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains(part, run.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("--weights", "int8")]
    [InlineData("--weights", "int4:64", "--keep-float", "*vision_tower*", "--keep-float", "*lm_head")]
    [InlineData("--weights", "f32", "--cache-type", "f32")]
    [InlineData("--cache-type", "int8")]
    [InlineData("--kernels", "vector128", "--threads", "1")]
    public void Ask_LoadedInAnyWay_Answers(params string[] options) => Assert.Equal((0, "OPEN"), CommandLine.Ask(options) is var run ? (run.Code, run.Out.Trim()) : default);

    [Theory]
    [InlineData("there are f32, bf16, f16, int8, int4", "--weights", "q8")]
    [InlineData("needs --weights", "--keep-float", "*")]
    [InlineData("f64", "--cache-type", "f64")]
    [InlineData("avx512vnni", "--kernels", "mmx")]
    [InlineData("--threads takes a number from 1", "--threads", "0")]
    public void Ask_LoadedInNoWay_SaysWhy(string part, params string[] options)
    {
        var run = CommandLine.Ask(options);
        Assert.Equal(2, run.Code);
        Assert.Contains(part, run.Error + run.Out, StringComparison.Ordinal);
    }
}
