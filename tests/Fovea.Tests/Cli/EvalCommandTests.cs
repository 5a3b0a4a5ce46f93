using System.Text.Json;
using Fovea.Cli;

namespace Fovea.Tests.Cli;

[Trait("kind", "end-to-end")]
public sealed class EvalCommandTests : IDisposable
{
    private static readonly string Data = Repository.Path("models/foveola/eval");

    private readonly string _folder = Directory.CreateTempSubdirectory("fovea").FullName;

    private string Log => Path.Combine(_folder, "answers.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Eval_OfOneRun_PrintsAccuracyByKindInPercent()
    {
        var run = Eval("--limit", "20", "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        using var json = JsonDocument.Parse(run.Out);
        var accuracy = json.RootElement.GetProperty("accuracy");
        Assert.InRange(accuracy.GetProperty("all").GetDouble(), 80, 100);
        Assert.InRange(accuracy.GetProperty("color").GetDouble(), 0, 100);
        Assert.Equal(20, json.RootElement.GetProperty("questions").GetInt32());
    }

    [Fact]
    public void Eval_OfLists_SweepsAndPrintsATable()
    {
        var run = Eval("--limit", "5", "--method", "none,fastervlm,uniform", "--keep", "36,9", "--set", "mode=grid", "--positions", "keep,renumber");
        Assert.Equal((0, ""), (run.Code, run.Error));
        string[] rows = [.. run.Out.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Replace(" ", "", StringComparison.Ordinal))];
        Assert.Equal(2 + 1 + 4 + 4, rows.Length);
        Assert.Contains(rows, row => row.StartsWith("|none|||144|144|keep|", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("|fastervlm||9|9|9|renumber|", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("|uniform|mode=grid|36|36|36|keep|", StringComparison.Ordinal));
    }

    [Fact]
    public void Eval_OfSeveralBudgets_EncodesEachPictureOnceAndSaysSo()
    {
        int pictures = Fovea.Evaluation.QuestionSet.Load(Data).Questions.Take(15).DistinctBy(question => question.Image).Count();
        string[] sweep = ["--limit", "15", "--method", "fastervlm", "--keep", "36,9"];
        Assert.Contains($"pictures: {pictures} encoded, {30 - pictures} taken from the feature cache", Eval(sweep).Out, StringComparison.Ordinal);
        Assert.Contains("pictures: 30 encoded, 0 taken", Eval([.. sweep, "--feature-cache", "0"]).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_OfConfigurationsAndPresets_RunsEachAndWritesItsMetrics()
    {
        string file = Path.Combine(_folder, "mine.json"), logs = Path.Combine(_folder, "logs");
        File.WriteAllText(file, """{ "visual_token_reduction": true, "token_pruning": true, "pruning_tokeep_percentage_value": 0.25 }""");
        var run = Eval("--limit", "5", "--config", file, "--preset", "pact,vtw", "--set", "layer_for_reduction=2", "--set", "log_output_path=" + logs, "--set", "VTW_equivalant_layer_for_reduction=0", "--times");
        Assert.Equal(0, run.Code);
        string[] rows = [.. run.Out.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Replace(" ", "", StringComparison.Ordinal))];
        Assert.Contains("|selectionms|generationms|", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("|pact|mine||36|72|keep|", rows[2], StringComparison.Ordinal);
        Assert.StartsWith("|pact|pact|", rows[3], StringComparison.Ordinal);
        Assert.StartsWith("|pact|vtw||0|72|keep|", rows[4], StringComparison.Ordinal);
        Assert.Equal(6, Directory.GetFiles(logs).Length);
    }

    [Fact]
    public void Eval_OfAPlanOfTwoMethods_RunsItUnderEachCachePolicy()
    {
        string file = Path.Combine(_folder, "two.json");
        File.WriteAllText(file, """
            { "steps": [{ "method": "uniform", "keep": 72 }, { "method": "fastv", "keep": 36, "options": { "fastv_k": 2 } }] }
            """);
        var run = Eval("--limit", "5", "--plan", file, "--cache", "keep,trim");
        Assert.Equal((0, ""), (run.Code, run.Error));
        string[] rows = [.. run.Out.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Replace(" ", "", StringComparison.Ordinal))];
        Assert.StartsWith("|plan|two||36|", rows[2], StringComparison.Ordinal);
        Assert.Contains("|keep,cachekeep|", rows[2], StringComparison.Ordinal);
        Assert.Contains("|keep,cachetrim|", rows[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_OfABrokenPlan_NamesTheFile()
    {
        string file = Path.Combine(_folder, "broken.json");
        File.WriteAllText(file, """{ "steps": [{ "method": "fastv", "kept": 36 }] }""");
        var run = Eval("--plan", file);
        Assert.Equal(2, run.Code);
        Assert.Contains($"{file}: A step has no key 'kept'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_OfALayerBeyondTheModel_IsRefusedBeforeWeightsAreRead()
    {
        File.WriteAllText(Path.Combine(_folder, "config.json"), """{ "model_type": "llava", "text_config": { "num_hidden_layers": 3 } }""");
        var run = CommandLine.Run("eval", Data, "--model", _folder, "--preset", "pact");
        Assert.Equal(2, run.Code);
        Assert.Contains("layer_for_reduction is 4; it is at most 2 in this model, which has 3 layers.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Eval_OfSeveralRunsWithJson_PrintsOneObject()
    {
        using var json = JsonDocument.Parse(Eval("--limit", "5", "--method", "pool", "--keep", "36,4", "--json").Out);
        Assert.Equal([36, 4], json.RootElement.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("visual_tokens").GetDouble()));
    }

    [Fact]
    public async Task Eval_InterruptedAndStartedAgain_GivesTheAnswersOfAWholeRun()
    {
        string[] args = ["eval", Data, "--model", CommandLine.Model, "--limit", "15", "--method", "random", "--keep", "50%", "--out", Log];
        var interruption = new Interruption();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var running = Task.Run(() => FoveaCommand.RunAsync(args, new Terminal(output, error, TextReader.Null) { Interruption = interruption }));
        while (!running.IsCompleted && (!File.Exists(Log) || new FileInfo(Log).Length == 0))
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        interruption.Interrupt();
        int code = await running, before = File.ReadAllLines(Log).Length;
        if (code == 130)
        {
            Assert.InRange(before, 1, 15);
            Assert.Contains($"{before} answers are in {Log}", error.ToString(), StringComparison.Ordinal);
        }
        else
        {
            // A slow machine may notice the key only after the last question.
            Assert.Equal((0, 15), (code, before));
        }

        var second = CommandLine.Run(args);
        Assert.Equal(0, second.Code);
        Assert.Equal(15, File.ReadAllLines(Log).Length);
        Assert.Equal(Eval("--limit", "15", "--method", "random", "--keep", "50%").Out, second.Out);
    }

    [Fact]
    public void Eval_WithAFileOfOtherSettings_NamesTheDifference()
    {
        Assert.Equal(0, Eval("--limit", "5", "--out", Log).Code);
        var run = Eval("--limit", "5", "--method", "pool", "--keep", "36", "--out", Log);
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Contains("method is 'none' and not 'pool'", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--limit", "0")]
    [InlineData("--method", "fastvlm")]
    [InlineData("--keep", "0", "--method", "fastv")]
    [InlineData("--method", "fastv")]
    [InlineData("--set", "mode=grid")]
    [InlineData("--positions", "left")]
    [InlineData("--max-tokens", "0")]
    public void Eval_WithAWrongOption_IsRefused(params string[] options)
    {
        var run = Eval([.. options, .. options.Contains("--limit") ? [] : new[] { "--limit", "1" }]);
        Assert.Equal((2, ""), (run.Code, run.Out));
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Eval_OfAFolderWithoutQuestions_IsRefused() => Assert.Equal(2, CommandLine.Run("eval", _folder).Code);

    private static CommandLine Eval(params string[] options) => CommandLine.Run(["eval", Data, "--model", CommandLine.Model, .. options]);
}
