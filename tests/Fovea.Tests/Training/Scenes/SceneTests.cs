using System.Security.Cryptography;
using System.Text.Json;
using Fovea.Imaging;
using Fovea.Training.Scenes;

namespace Fovea.Tests.Training.Scenes;

/// <summary>The check values of <c>models/foveola/GENERATOR.md</c>, and every scene of the evaluation set.</summary>
[Trait("kind", "reference")]
public sealed class SceneTests
{
    [Fact]
    public void Random_OfSeedOne_GivesTheCheckValues()
    {
        var random = new SceneRandom(1);
        Assert.Equal([0x910A2DEC89025CC1, 0xBEEB8DA1658EEC67, 0xF893A2EEFB32555E], new[] { random.Next(), random.Next(), random.Next() });
        Assert.Equal([4, 4, 7, 8, 5, 2, 7, 4], Enumerable.Range(0, 8).Select(_ => random.Below(10)));
    }

    [Theory]
    [InlineData(1, 1, "2080cf3e214a1652793c0ca449795d277efecfd7ae70e8578c7e75e92223e0e8")]
    [InlineData(2, 1, "6e339d748fcd79d3438b0b189f4be77f1c659c51119f3b2e4716cc3342b47b92")]
    [InlineData(7, 2, "bab6446998db3d4ea5ceaa6b924ae5e621780b35071265442dda78dd0bb0f041")]
    [InlineData(12345, 1, "eb120129a2e2122aacf2ef5fd3985ef342e48c1fefc6c8e9aa19bc4413bf7f49")]
    public void Render_OfASeed_GivesTheCheckedPixels(ulong seed, int scale, string sha) =>
        Assert.Equal(sha, Convert.ToHexStringLower(SHA256.HashData(SceneRenderer.Render(Scene.Draw(seed), scale).Rgb)));

    [Theory]
    [InlineData(1, "[ocr] What does the sign say? PL; [relation] What is above the large square? purple cross; [size] Is the square large or small? large; [where] Where is the large square? bottom left; [color] What is the color of the square? purple; [count] How many purple shapes are there? 3")]
    [InlineData(2, "[where] Where is the sign? center; [color] What color is the large cross? orange; [where] Where is the large orange shape? left; [count] How many squares are there? 2; [where] Where is the green shape? top left; [ocr] What does the sign say? UP")]
    [InlineData(7, "[color] What color is the small cross? red; [size] Which is larger, the red cross or the white shape? white shape; [ocr] What number is on the sign? 9885; [where] Where is the large red shape? bottom; [exist] Is there a sign? yes; [where] Where is the small cross? bottom right")]
    [InlineData(12345, "[color] What color is the triangle? white; [size] Is the white shape large or small? large; [exist] Is there a sign? no; [count] How many small shapes are there? 0; [shape] What is the white shape? triangle; [count] How many shapes are there? 1")]
    public void Questions_OfASeed_AreTheCheckedOnes(ulong seed, string questions) => Assert.Equal(
        questions,
        string.Join("; ", SceneQuestions.Draw(Scene.Draw(seed), new SceneRandom(seed + 100), 6).Select(asked => $"[{asked.Kind}] {asked.Text} {asked.Answer}")));

    [Fact]
    public void EveryEvaluationScene_HasItsParametersAndItsPicture()
    {
        string folder = Repository.Path("models/foveola/eval");
        foreach (string line in File.ReadLines(Path.Combine(folder, "scenes.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            var expected = row.RootElement;
            string name = expected.GetProperty("image").GetString()!;
            var scene = Scene.Draw(expected.GetProperty("seed").GetUInt64(), signPercent: 60);
            Assert.True(expected.GetProperty("objects").GetArrayLength() == scene.Objects.Count, name);
            foreach (var (item, drawn) in expected.GetProperty("objects").EnumerateArray().Zip(scene.Objects))
            {
                Assert.Equal($"{item.GetProperty("size").GetString()} {item.GetProperty("color").GetString()} {item.GetProperty("shape").GetString()}", $"{drawn.Size} {drawn.Name}");
                Assert.Equal((item.GetProperty("cx").GetInt32(), item.GetProperty("cy").GetInt32(), item.GetProperty("r").GetInt32()), (drawn.X, drawn.Y, drawn.Radius));
            }

            var sign = expected.GetProperty("sign");
            Assert.Equal(sign.ValueKind == JsonValueKind.Null ? null : sign.GetProperty("text").GetString(), scene.Sign?.Text);
            Assert.True(Image.Load(Path.Combine(folder, name)).Rgb.SequenceEqual(SceneRenderer.Render(scene).Rgb), name);
        }
    }

    [Fact]
    public void Questions_OfManyScenes_NeverRepeatAndNameTheirKind()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var scene = Scene.Draw(seed);
            var questions = scene.Objects.Count > 0 ? SceneQuestions.Draw(scene, new SceneRandom(seed), 12) : [];
            Assert.Equal(questions.Count, questions.DistinctBy(asked => asked.Text).Count());
            Assert.All(questions, asked => Assert.NotEmpty(asked.Answer));
        }
    }
}
