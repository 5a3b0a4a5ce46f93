using Fovea.Training.Data;
using Fovea.Training.Scenes;

namespace Fovea.Tests.Training.Data;

public sealed class SceneSamplesTests
{
    [Fact]
    [Trait("kind", "property")]
    public void Read_OfDrawnScenes_IsWhatTheGeneratorWrites()
    {
        using var source = SampleSource.Open("scenes:seed=3,count=40,questions=5,max_objects=3,sign_percent=20,scale=2", "");
        var dataset = new SceneDataset { Seed = 3, Questions = 5, MostObjects = 3, SignPercent = 20, Scale = 2 };
        Assert.Equal(40, source.Count);
        foreach (var (index, (scene, questions)) in dataset.Draw().Take(40).Index().Reverse())
        {
            var sample = source.Read(index);
            Assert.Equal(SceneRenderer.Render(scene, 2).Rgb.ToArray(), sample.Pictures.Single().Rgb.ToArray());
            Assert.Equal(questions.Select(question => question.Answer), sample.Turns.Where(turn => turn.From == "gpt").Select(turn => turn.Value));
            Assert.True(source.WordCounts[index] > 0);
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Read_WithTurns_AsksTheFirstOfTheDrawnQuestions()
    {
        using var source = SampleSource.Open("scenes:seed=3,count=400,turns=1", "");
        var all = new SceneDataset { Seed = 3 }.Draw().Take(400).Select(scene => scene.Questions[0]).ToArray();
        Assert.Equal(all.Select(question => question.Answer), Enumerable.Range(0, 400).Select(index => source.Read(index).Turns.Single(turn => turn.From == "gpt").Value));
        Assert.InRange(all.Count(question => question.Kind == "ocr"), 1, 60);
    }

    [Theory]
    [InlineData("scenes:count=3,turns=0", "turns is '0'")]
    [InlineData("scenes:", "count is missing")]
    [InlineData("scenes:count=0", "count is '0'")]
    [InlineData("scenes:count=99999999999", "count is")]
    [InlineData("scenes:count=3,colour=1", "'colour=1' is none of")]
    [InlineData("scenes:count=3,scale=3", "'scale=3' is none of")]
    [InlineData("scenes:count=3,seed=-1", "seed is '-1'")]
    public void Open_OfOtherSettings_NamesThem(string path, string message) =>
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => SampleSource.Open(path, "")).Message, StringComparison.Ordinal);
}
