using System.Text.Json;
using Fovea.Reduction;

namespace Fovea.Tests.Cli;

public sealed class CatalogueCommandTests
{
    public static TheoryData<string> Methods => new(KnownReducers.All.Select(method => method.Name));

    [Fact]
    public void Methods_ListsTheWholeCatalogue()
    {
        var run = CommandLine.Run("methods");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.All(KnownReducers.All, method => Assert.Contains(method.Summary, run.Out, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Methods_OfAName_ShowsSourceAndOptions(string name)
    {
        var run = CommandLine.Run("methods", name);
        var method = KnownReducers.Find(name);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains(method.Source, run.Out, StringComparison.Ordinal);
        Assert.All(method.Options, option => Assert.Contains(option.Name, run.Out, StringComparison.Ordinal));
    }

    [Fact]
    public void Methods_WithJson_GivesTypesDefaultsAndMeanings()
    {
        using var json = JsonDocument.Parse(CommandLine.Run("methods", "fastv", "--json").Out);
        var option = json.RootElement[0].GetProperty("options").EnumerateArray().Single(option => option.GetProperty("name").GetString() == "fastv_k");
        Assert.Equal("2", option.GetProperty("default").GetString());
        Assert.NotEqual("", option.GetProperty("meaning").GetString());
    }

    [Fact]
    public void Inspect_OfTheShippedModel_ShowsFamilySizesTokensAndMemory()
    {
        var run = CommandLine.Run("inspect", CommandLine.Model);
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.All(["llava", "5 blocks", "6 layers", "144 for 336 x 336", "1024 tokens", "vocabulary 448", "MiB packed"], part => Assert.Contains(part, run.Out, StringComparison.Ordinal));
    }

    [Fact]
    public void Inspect_WithJson_PrintsOneObject()
    {
        using var json = JsonDocument.Parse(CommandLine.Run("inspect", CommandLine.Model, "--json").Out);
        Assert.Equal(2 * 4 * 6 * 2 * 48, json.RootElement.GetProperty("cache_bytes_per_token").GetInt64());
    }

    [Theory]
    [InlineData("ask")]
    [InlineData("chat")]
    [InlineData("methods")]
    [InlineData("inspect")]
    [InlineData("eval")]
    public void Help_OfACommand_EndsWithExamples(string command)
    {
        var run = CommandLine.Run(command, "--help");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains($"Examples:{Environment.NewLine}  fovea {command}", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_OfTheProgram_ListsTheCommandsWithAnExampleEach()
    {
        var run = CommandLine.Run("--help");
        Assert.Equal(0, run.Code);
        Assert.All(["ask", "chat", "methods", "inspect", "eval"], command => Assert.Contains($"  fovea {command}", run.Out, StringComparison.Ordinal));
    }
}
