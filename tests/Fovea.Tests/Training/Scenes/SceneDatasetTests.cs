using System.Text.Json;
using Fovea.Cli;
using Fovea.Imaging;
using Fovea.Training.Scenes;

namespace Fovea.Tests.Training.Scenes;

[Trait("kind", "property")]
public sealed class SceneDatasetTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fovea-scenes");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Draw_TheSameSeed_GivesTheSameSequence()
    {
        var dataset = new SceneDataset { Seed = 3 };
        var first = dataset.Draw().Take(20).ToList();
        Assert.Equal(first.Select(entry => entry.Scene.Seed), dataset.Draw().Take(20).Select(entry => entry.Scene.Seed));
        Assert.NotEqual(first[0].Scene.Seed, new SceneDataset { Seed = 4 }.Draw().First().Scene.Seed);
        Assert.All(first, entry => Assert.InRange(entry.Questions.Count, 1, 12));
    }

    [Fact]
    public void GenerateScenes_WritesPicturesAndConversations()
    {
        string folder = Path.Combine(_folder.FullName, "out");
        string[] command = ["generate", "scenes", folder, "--count", "3", "--seed", "9", "--questions", "4", "--scale", "2"];
        using var error = new StringWriter();
        Assert.Equal(0, FoveaCommand.Run(command, TextWriter.Null, error));
        using var list = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, SceneDataset.ConversationsFile)));
        var expected = new SceneDataset { Seed = 9, Questions = 4 }.Draw().Take(3).ToList();
        Assert.Equal(3, list.RootElement.GetArrayLength());
        foreach (var (sample, (scene, questions)) in list.RootElement.EnumerateArray().Zip(expected))
        {
            var turns = sample.GetProperty("conversations").EnumerateArray().ToList();
            Assert.Equal(2 * questions.Count, turns.Count);
            Assert.Equal($"<image>\n{questions[0].Text}", turns[0].GetProperty("value").GetString());
            Assert.Equal(questions[^1].Answer, turns[^1].GetProperty("value").GetString());
            var picture = Image.Load(Path.Combine(folder, sample.GetProperty("image").GetString()!));
            Assert.True(picture.Rgb.SequenceEqual(SceneRenderer.Render(scene, 2).Rgb));
        }

        Assert.Equal(2, FoveaCommand.Run(command, TextWriter.Null, error));
        Assert.Contains("already", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void GenerateScenes_OfAParquetFile_WritesItOnce()
    {
        string file = Path.Combine(_folder.FullName, "scenes.parquet");
        string[] command = ["generate", "scenes", file, "--count", "3", "--seed", "9"];
        using var error = new StringWriter();
        Assert.Equal(0, FoveaCommand.Run(command, TextWriter.Null, error));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder.FullName));
        Assert.Contains($"3 pictures with conversations in {file}", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, FoveaCommand.Run(command, TextWriter.Null, error));
        Assert.Contains("already; choose another name", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--count", "0")]
    [InlineData("--scale", "3")]
    [InlineData("--sign-percent", "101")]
    [InlineData("--max-objects", "0")]
    [InlineData("--questions", "0")]
    public void GenerateScenes_NumberOutOfRange_IsBadInput(string option, string value) =>
        Assert.Equal(2, FoveaCommand.Run(["generate", "scenes", Path.Combine(_folder.FullName, "bad"), option, value], TextWriter.Null, TextWriter.Null));
}
