using System.Text.Json.Nodes;
using Fovea.Evaluation;
using Fovea.Reduction.Methods;

namespace Fovea.Tests.Evaluation;

[Trait("kind", "property")]
public sealed class PactMetricsTests : IDisposable
{
    private static readonly AnswerCost Cost = new()
    {
        VisualTokens = 100,
        TokensOverLayers = 100 + (3 * 40),
        Layers = 4,
        Reached = 100,
        Left = 40,
        SelectionSeconds = 0.25,
        GenerationSeconds = 2,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("fovea").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Figures_AreSumsOverAllAnswers()
    {
        var metrics = Of(new PactOptions { GetReductionRatio = true, Synchro = true });
        Assert.Equal(0.7, (double?)metrics["Reduction Ratio"] ?? 0, 9);
        Assert.Equal(1 - ((220.0 + 40) / 800), (double?)metrics["Reduction Mean Across Layers"] ?? 0, 9);
        Assert.Equal(0.25, (double?)metrics["Algorithm Execution Time"]);
        Assert.Equal(2, (double?)metrics["LLM Generation Mean Time"]);
        Assert.True((double?)metrics["Peak Memory Allocated (GB)"] > 0);
    }

    [Theory]
    [InlineData(false, false, false, "LLM Generation Mean Time,Peak Memory Allocated (GB)")]
    [InlineData(true, false, false, "Reduction Ratio,LLM Generation Mean Time,Peak Memory Allocated (GB)")]
    [InlineData(true, true, true, "Reduction Mean Across Layers,Algorithm Execution Time,LLM Generation Mean Time,Peak Memory Allocated (GB)")]
    public void Figures_AppearIfTheirKeysAskForThem(bool ratio, bool timed, bool progressive, string expected) => Assert.Equal(
        expected.Split(','), Of(new PactOptions { GetReductionRatio = ratio, GetPerformanceMetrics = timed, ProgressiveReduction = progressive }).Select(figure => figure.Key));

    [Fact]
    public void Write_NamesFilesByTimeAndTask_AndOverwritesNone()
    {
        var metrics = new PactMetrics(new PactOptions { LogOutputPath = Path.Combine(_folder, "logs") });
        var clock = new StoppedClock();
        string first = metrics.Write(["a", "b"], new JsonObject { ["a"] = 1 }, "model", "arguments", "{}", clock), second = metrics.Write(["a", "b"], [], "model", "arguments", "{}", clock);
        Assert.Equal(["20250102_010405_a_b.json", "20250102_010405_a_b_2.json"], new[] { first, second }.Select(Path.GetFileName));
        Assert.Equal(4, Directory.GetFiles(Path.Combine(_folder, "logs")).Length);
        var report = JsonNode.Parse(File.ReadAllText(first)) as JsonObject;
        Assert.Equal(["reduction_metrics", "results", "model", "model_args", "pact_config"], report?.Select(part => part.Key));
        Assert.Equal(52, report?["pact_config"]?.AsObject().Count);
    }

    private static JsonObject Of(PactOptions options)
    {
        var metrics = new PactMetrics(options);
        metrics.Add(Cost);
        metrics.Add(Cost with { TokensOverLayers = 40, Left = 20 });
        return metrics.ToJson();
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2025, 1, 1, 17, 4, 5, TimeSpan.Zero);
    }
}
