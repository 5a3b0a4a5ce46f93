namespace Fovea.Tests.Cli;

/// <summary>PriorTR's flags, plans, checks and beginnings, as somebody types them.</summary>
[Trait("kind", "end-to-end")]
public sealed class RunCommandTests
{
    [Fact]
    public void List_ShowsModelsAndMethods()
    {
        var run = CommandLine.Run("run", "--list");
        Assert.Equal(0, run.Code);
        Assert.All(new[] { "llava", "internvl", "qwen3vl", "video-llava", "qwen2vl", "sparsevlm", "clse" }, name => Assert.Contains(name, run.Out));
    }

    [Fact]
    public void Describe_ShowsParametersAndFieldsWithoutEffect()
    {
        var run = CommandLine.Run("run", "--describe", "qwen3vl", "sparsevlm");
        Assert.Contains("token_merge=True|False", run.Out);
        Assert.Contains("merge_clusters=10 (read, and without effect)", run.Out);
        Assert.Equal(2, CommandLine.Run("run", "--describe", "llava", "vispruner").Code);
    }

    [Theory]
    [InlineData("--model llava --method priortr --keep-tokens 64", "keep_tokens        64")]
    [InlineData("--model llava --method priortr --keep-ratio 0.5 --prune-layer 2;4", "prune_layers       2, 4")]
    [InlineData("--model internvl --method fastv --param head_aggregation=max", "head_aggregation   max")]
    [InlineData("--model qwen3vl --model_args vtr_strategy=clse,vtr_keep_tokens=192", "prune_layers       1, 13, 24")]
    [InlineData("--model llava --model_args strategy=clse,prune_layer=[1,2,3],keep_tokens=20", "prune_layers       1, 2, 3")]
    [InlineData("--model video-llava --vtr_enabled --vtr_strategy clse --vtr_ref_layers 1 2 --vtr_prune_layer 5", "score_layers       4")]
    [InlineData("--model qwen3vl --method baseline", "enabled            false")]
    public void DryRun_ShowsWhatTheArgumentsComeTo(string arguments, string shown)
    {
        var run = CommandLine.Run(["run", "--dry-run", .. arguments.Split(' ')]);
        Assert.Equal(0, run.Code);
        Assert.Contains(shown, run.Out);
    }

    [Fact]
    public void DryRun_OfARatioOnLlava_HonoursIt()
    {
        var run = CommandLine.Run("run", "--dry-run", "--model", "llava", "--method", "priortr", "--keep-ratio", "0.5");
        Assert.DoesNotContain("keep_tokens", run.Out);
        Assert.Contains("keep_ratio         0.5", run.Out);
    }

    [Theory]
    [InlineData("--model llava --method sparsevlm", "sparsevlm")]
    [InlineData("--model llava --method priortr --keep-tokens 5 --keep-ratio 0.5", "exclude")]
    [InlineData("--model qwen3vl --method fastv --param token_merge=True", "token_merge")]
    [InlineData("--model llava --method priortr --param query_aggregation=mean", "query_aggregation")]
    [InlineData("--model qwen3vl --model_args vtr_score_threshold=0.1", "vtr_score_threshold")]
    [InlineData("--model nothing --method priortr", "nothing")]
    [InlineData("--model qwen3vl --model_args vtr_keep_ratio=$(rm)", "keep_ratio")]
    public void DryRun_OfWhatPriorTrRefuses_NamesIt(string arguments, string named)
    {
        var run = CommandLine.Run(["run", "--dry-run", .. arguments.Split(' ')]);
        Assert.Equal(2, run.Code);
        Assert.Contains(named, run.Error);
    }

    [Fact]
    public void Run_AnswersUnderTheCopysRules()
    {
        var run = CommandLine.Run("run", CommandLine.Picture, "What word is on the sign?", "--model", CommandLine.Model, "--method", "priortr", "--keep-tokens", "72", "--json");
        Assert.Equal(0, run.Code);
        Assert.Contains("\"method\":\"priortr\"", run.Out);
    }

    [Fact]
    public void Ask_OfSeveralMethodsAtLayers_RunsThemInOrder()
    {
        var run = CommandLine.Ask("--method", "fastv@2", "--method", "priortr@4", "--keep", "50%", "--keep", "36", "--cache", "trim", "--stats");
        Assert.Contains("fastv at decoder:2: 144 -> 72", run.Error);
        Assert.Contains("priortr at decoder:4: 72 -> 36", run.Error);
    }

    [Fact]
    public void Ask_OfAPlanFile_RunsIt_AndNamesWhatIsWrongInOne()
    {
        string file = Path.Combine(Path.GetTempPath(), $"plan{Guid.NewGuid():N}.json");
        File.WriteAllText(file, """{"steps":[{"method":"clse","keep":"25%"}],"cache":"trim"}""");
        Assert.Contains("clse at decoder:1", CommandLine.Ask("--plan", file, "--stats").Error);
        Assert.Equal(2, CommandLine.Ask("--plan", file, "--keep", "5").Code);
        File.WriteAllText(file, """{"steps":[{"method":"clse","kept":"25%"}]}""");
        var wrong = CommandLine.Ask("--plan", file);
        Assert.Equal(2, wrong.Code);
        Assert.Contains("kept", wrong.Error);
        File.Delete(file);
    }

    [Fact]
    public void Check_OfAMethod_RunsEveryCheck()
    {
        var run = CommandLine.Run("check", "reducer", "priortr", "--model", CommandLine.Model);
        Assert.Equal(0, run.Code);
        Assert.Equal(7, run.Out.Split('\n').Count(line => line.EndsWith(": ok", StringComparison.Ordinal)));
    }

    [Fact]
    public void Plugin_ThatIsNone_IsRefused()
    {
        Assert.Equal(2, CommandLine.Ask("--plugin", CommandLine.Picture, "--method", "fastv", "--keep", "5").Code);
        Assert.Equal(2, CommandLine.Ask("--plugin", "/nowhere.dll", "--method", "fastv", "--keep", "5").Code);
    }

    [Fact]
    public void New_OfAName_WritesAMethodThatBuilds_AndKeepsEveryPromise()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"plugin{Guid.NewGuid():N}");
        var written = CommandLine.Run("new", "reducer", "first_try", "--out", folder);
        Assert.Equal(0, written.Code);
        Assert.True(File.Exists(Path.Combine(folder, "FirstTry.Tests", "FirstTryTests.cs")));
        Assert.Equal(2, CommandLine.Run("new", "reducer", "first_try", "--out", folder).Code);
        Assert.Equal(2, CommandLine.Run("new", "reducer", "First Try", "--out", folder + "x").Code);
        Start("build", "-c", "Release", "-v", "q", "--nologo", Path.Combine(folder, "FirstTry.Tests"));
        Assert.Contains("failed: 0", Start(Path.Combine(folder, "FirstTry.Tests", "bin", "Release", "net10.0", "FirstTry.Tests.dll")), StringComparison.OrdinalIgnoreCase);

        // In a process of its own, so that the catalogue of this one stays as it is.
        string checkedOut = Start(
            typeof(Fovea.Cli.FoveaCommand).Assembly.Location, "check", "reducer", "first_try", "--model", CommandLine.Model,
            "--plugin", Path.Combine(folder, "FirstTry", "bin", "Release", "net10.0", "FirstTry.dll"));
        Assert.Contains("first_try keeps all 7 promises", checkedOut);
        Directory.Delete(folder, recursive: true);
    }

    private static string Start(params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["FOVEA_MODEL"] = CommandLine.Model;
        using var process = System.Diagnostics.Process.Start(start)
            ?? throw new InvalidOperationException("dotnet does not start.");
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }
}
