using System.Text.Json;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Reduction;

namespace Fovea.Tests.Cli;

public sealed class CatalogueCommandTests
{
    public static TheoryData<string> Folders => new(TinyModels.Folders);

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

    [Theory]
    [MemberData(nameof(Folders))]
    public void Inspect_OfEveryFamily_ShowsItsNameAndTokens(string folder)
    {
        var run = CommandLine.Run("inspect", Repository.Path(folder), "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        string family = json.RootElement.GetProperty("family").GetString()!;
        Assert.Equal(KnownModels.All.Single(known => known.ModelType == family).Name, json.RootElement.GetProperty("family_name").GetString());
        Assert.All(json.RootElement.GetProperty("visual_tokens").EnumerateArray(), picture => Assert.True(picture.GetProperty("tokens").GetInt32() > 0));
        Assert.True(json.RootElement.GetProperty("weight_bytes").GetInt64() > 0);
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Inspect_OfAPictureWithEveryFamily_ShowsWhatTheModelSees(string folder)
    {
        var run = CommandLine.Run("inspect", CommandLine.Picture, "--model", Repository.Path(folder), "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        Assert.True(json.RootElement.GetProperty("visual_tokens").GetInt32() > 0);
    }

    [Fact]
    public void Inspect_WithJson_PrintsOneObject()
    {
        using var json = JsonDocument.Parse(CommandLine.Run("inspect", CommandLine.Model, "--json").Out);
        Assert.Equal("bf16", json.RootElement.GetProperty("cache").GetString());
        Assert.Equal(2 * 2 * 6 * 2 * 48, json.RootElement.GetProperty("cache_bytes_per_token").GetInt64());
    }

    [Fact]
    public void Inspect_OfAPicture_ShowsWhatTheModelSees_AndWritesIt()
    {
        string seen = Path.GetTempFileName();
        try
        {
            var run = CommandLine.Run("inspect", CommandLine.Picture, "--model", Repository.Path("tests/golden/checkpoints/llava-next-vicuna-tiny"), "--out", seen, "--json");
            Assert.Equal((0, ""), (run.Code, run.Error));
            using var json = JsonDocument.Parse(run.Out);
            Assert.Equal((2, 2, 192), (Number("tile_rows"), Number("tile_columns"), Number("visual_tokens")));
            var drawn = Image.Load(seen);
            Assert.Equal((96, 144), (drawn.Width, drawn.Height));
            int Number(string key) => json.RootElement.GetProperty(key).GetInt32();
        }
        finally
        {
            File.Delete(seen);
        }
    }

    [Fact]
    public void Inspect_OfAModelWithAnOutputFile_IsRefused()
    {
        var run = CommandLine.Run("inspect", CommandLine.Model, "--out", "seen.png");
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("--out goes with a picture file", run.Error, StringComparison.Ordinal);
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
