using System.Text.Json;

namespace Fovea.Tests.Cli;

[Trait("kind", "end-to-end")]
public sealed class AskCommandTests
{
    public static TheoryData<string, string, string> Demo
    {
        get
        {
            var rows = new TheoryData<string, string, string>();
            foreach (string line in File.ReadLines(Repository.Path("models/foveola/demo/demo.jsonl")))
            {
                using var row = JsonDocument.Parse(line);
                rows.Add(Text("image"), Text("question"), Text("answer"));

                string Text(string key) => row.RootElement.GetProperty(key).GetString()!;
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Demo))]
    public void Ask_OfADemoPicture_GivesTheAnswerOfTheReference(string image, string question, string answer)
    {
        var run = CommandLine.Run("ask", Repository.Path($"models/foveola/demo/{image}"), question, "--model", CommandLine.Model);
        Assert.Equal((0, answer + Environment.NewLine, ""), (run.Code, run.Out, run.Error));
    }

    [Fact]
    public void Ask_WithoutModel_TakesTheShippedOne()
    {
        var run = CommandLine.Run("ask", CommandLine.Picture, "What word is on the sign?");
        Assert.Equal((0, "OPEN"), (run.Code, run.Out.Trim()));
    }

    [Fact]
    public void Ask_WithAPackedCache_GivesTheSameAnswerAndKeepsOneFile()
    {
        var folder = Directory.CreateTempSubdirectory("fovea-packed-");
        string expected = CommandLine.Ask("--weights", "int8").Out;
        for (int start = 0; start < 2; start++)
        {
            var run = CommandLine.Ask("--weights", "int8", "--packed-cache", folder.FullName);
            Assert.Equal((0, expected, ""), (run.Code, run.Out, run.Error));
            Assert.Single(folder.GetFiles());
        }

        var small = CommandLine.Ask("--packed-cache", folder.FullName, "--packed-cache-size", "1MB");
        Assert.Equal(0, small.Code);
        Assert.Contains("1048576 bytes", small.Error, StringComparison.Ordinal);
        Assert.Single(small.Error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Single(folder.GetFiles());
        Assert.Contains("--packed-cache-size is 'much'", CommandLine.Ask("--packed-cache", folder.FullName, "--packed-cache-size", "much").Error, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Ask_WithStats_ShowsEveryStepOnTheErrorStream()
    {
        var run = CommandLine.Ask("--method", "fastv", "--keep", "36", "--stats");
        Assert.Equal(0, run.Code);
        string[] steps = ["picture decoding", "preprocessing", "encoding", "projection", "selection", "prefill", "time to first token", "decode per token", "visual tokens", "cache", "GFLOP"];
        Assert.All(steps, step => Assert.Contains(step, run.Error, StringComparison.Ordinal));
        Assert.Contains("fastv at decoder:2: 144 -> 36 visual tokens", run.Error, StringComparison.Ordinal);
        Assert.Contains("by layer 144 x 2, 36 x 4", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Ask_WithJson_PrintsOneObject()
    {
        var run = CommandLine.Ask("--method", "fastervlm", "--keep", "25%", "--json");
        Assert.Equal(0, run.Code);
        Assert.Equal("", run.Error);
        using var json = JsonDocument.Parse(run.Out);
        Assert.NotEqual("", json.RootElement.GetProperty("answer").GetString());
        Assert.Equal("stop", json.RootElement.GetProperty("finish_reason").GetString());
        var stats = json.RootElement.GetProperty("stats");
        Assert.Equal(144, stats.GetProperty("visual_tokens").GetInt32());
        Assert.Equal(36, stats.GetProperty("visual_tokens_per_layer")[0].GetInt32());
        Assert.Equal("before-projector", stats.GetProperty("selection")[0].GetProperty("stage").GetString());
        Assert.True(stats.GetProperty("prefill_ms").GetDouble() > 0 && stats.GetProperty("picture_decoding_ms").GetDouble() > 0);
    }

    [Fact]
    public void Ask_KeepingMoreThanThereIs_KeepsAllAndSaysSo()
    {
        var run = CommandLine.Ask("--method", "fastervlm", "--keep", "5000");
        Assert.Equal((0, "OPEN"), (run.Code, run.Out.Trim()));
        Assert.Contains("all are kept", run.Error, StringComparison.Ordinal);
        Assert.Contains("144", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Ask_WithoutAPicture_Answers()
    {
        var run = CommandLine.Run("ask", "What color is the circle?", "--model", CommandLine.Model, "--method", "pool", "--keep", "36", "--max-tokens", "4");
        Assert.Equal(0, run.Code);
        Assert.NotEqual("", run.Out.Trim());
    }

    [Fact]
    public void Ask_WithTheSameSeed_GivesTheSameAnswer()
    {
        string[] options = ["--temperature", "2", "--top-k", "50", "--seed", "7", "--method", "random", "--keep", "50%"];
        Assert.Equal(CommandLine.Ask(options), CommandLine.Ask(options));
    }

    [Fact]
    public void Ask_WithAStopText_EndsBeforeIt()
    {
        var run = CommandLine.Ask("--stop", "E");
        Assert.Equal((0, "OP"), (run.Code, run.Out.Trim()));
    }

    [Fact]
    public void Ask_WithAMethodOption_PassesItOn()
    {
        var run = CommandLine.Ask("--method", "fastv", "--set", "fastv_k=3", "--set", "fastv_r=0.5", "--positions", "renumber", "--stats");
        Assert.Equal(0, run.Code);
        Assert.Contains("fastv at decoder:3: 144 -> 72", run.Error, StringComparison.Ordinal);
    }
}
