using System.Text.Json.Nodes;
using Fovea.Cli;
using Fovea.Tests.Training.Runs;

namespace Fovea.Tests.Cli;

[Trait("kind", "end-to-end")]
public sealed class TrainCommandTests : IDisposable
{
    private readonly TrainingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Train_OfAConfiguration_ShowsProgressAndSaves()
    {
        var run = CommandLine.Run("train", _folder.Write(), "--set", "max_steps=3");
        Assert.Equal((0, ""), (run.Code, run.Out));
        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^fovea: [0-9,]+ of [0-9,]+ parameters, 8 samples, 3 steps$", lines[0]);
        Assert.Matches("^step 1  loss [0-9.]+  rate 1.00e-3  [0-9.]+ samples/s  [0-9]+ tokens/s  left 0 min [0-9]+ s$", lines[1]);
        Assert.Equal($"fovea: {_folder.Output} holds the trained model", lines[^1]);
        Assert.Equal(0, CommandLine.Run("inspect", "--model", _folder.Output).Code);
    }

    [Fact]
    public void Train_WithQuestions_ShowsHowManyAreAnsweredRightly()
    {
        string configuration = _folder.Write(("max_steps", 1), ("eval_questions", Repository.Path("models/foveola/eval")), ("eval_questions_count", 5));
        Assert.Matches("step 1  right 0.0 % of 5 questions: [a-z]+ 0.0, ", CommandLine.Run("train", configuration).Error);
    }

    [Fact]
    public void Train_DryRun_ShowsThePlanAndWritesNothing()
    {
        var run = CommandLine.Run("train", _folder.Write(("tune_mm_mlp_adapter", true), ("num_train_epochs", 3), ("max_steps", -1)), "--dry-run");
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Contains("multi_modal_projector.linear_1.weight", run.Out, StringComparison.Ordinal);
        Assert.Contains("6, 2 an epoch, 0 of warm-up", run.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Output));
    }

    [Fact]
    public void Train_Options_ListsThem()
    {
        var run = CommandLine.Run("train", "--options");
        Assert.Equal(0, run.Code);
        Assert.Contains("per_device_train_batch_size", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_Interrupted_WritesACheckpointAndSaysHowToGoOn()
    {
        string configuration = _folder.Write(("max_steps", 100_000), ("save_steps", 50_000));
        var interruption = new Interruption();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var running = Task.Run(() => FoveaCommand.RunAsync(["train", configuration], new Terminal(output, error, TextReader.Null) { Interruption = interruption }));
        string metrics = Path.Combine(_folder.Output, "metrics.jsonl");
        while (!running.IsCompleted && (!File.Exists(metrics) || new FileInfo(metrics).Length == 0))
        {
            await Task.Delay(5);
        }

        interruption.Interrupt();
        Assert.Equal(130, await running);
        string folder = Assert.Single(Directory.GetDirectories(_folder.Output));
        Assert.Contains($"stopped after step {folder.Split('-')[^1]}; {Path.GetFileName(folder)} is in {_folder.Output}, and the same command with --resume goes on", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("learning_rate", "-1", "learning_rate is -1")]
    [InlineData("version", "\"v7\"", "'v7'")]
    [InlineData("data_path", "\"nowhere.json\"", "nowhere.json")]
    [InlineData("image_folder", "\"nowhere\"", "nowhere")]
    [InlineData("model_name_or_path", "\"nowhere\"", "nowhere")]
    [InlineData("optimizer", "1", "did you mean")]
    public void Train_OfBadInput_SaysSoInOneLine(string option, string value, string message)
    {
        var run = CommandLine.Run("train", _folder.Write((option, JsonNode.Parse(value))));
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Train_WithoutAConfiguration_SaysSo() => Assert.Contains("configuration is missing", CommandLine.Run("train").Error, StringComparison.Ordinal);
}
