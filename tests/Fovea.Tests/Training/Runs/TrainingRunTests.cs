using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Training.Runs;
using Fovea.Training.Scenes;

namespace Fovea.Tests.Training.Runs;

public sealed class TrainingRunTests : IDisposable
{
    private readonly TrainingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("kind", "end-to-end")]
    public void Run_OfAConfiguration_LearnsAndSavesAModelThatLoads()
    {
        TrainingFolder.Run(_folder.Options(("max_steps", 12), ("save_steps", 5), ("learning_rate", 0.01)));
        double[] losses = [.. TrainingFolder.Metrics(_folder.Output).Select(line => JsonNode.Parse(line)!["loss"]!.GetValue<double>())];
        Assert.Equal(12, losses.Length);
        Assert.True(losses[^1] < losses[0], $"{losses[0]} became {losses[^1]}");
        Assert.Equal(["checkpoint-12"], Directory.GetDirectories(_folder.Output).Select(Path.GetFileName));
        Assert.Contains("<svg", File.ReadAllText(Path.Combine(_folder.Output, "loss.svg")), StringComparison.Ordinal);
        using var compute = new Compute();
        using var model = KnownModels.Load(_folder.Output, compute);
        Assert.Equal("llava", model.Family);
    }

    [Theory]
    [Trait("kind", "property")]
    [InlineData("v1", false, "micro_batch_mean", false)]
    [InlineData("chat_template", true, "token_weighted", true)]
    public void Run_StoppedAfterEveryStep_EndsWithTheSameBits(string version, bool grouped, string normalization, bool projector)
    {
        (string, JsonNode?)[] changes =
        [
            ("version", version), ("group_by_modality_length", grouped), ("loss_normalization", normalization), ("tune_mm_mlp_adapter", projector),
            ("warmup_ratio", 0.3), ("eval_data_path", Path.Combine(TrainingFolder.Data, "captions.json")), ("eval_image_folder", TrainingFolder.Data), ("eval_steps", 3),
        ];
        string whole = _folder.In("whole"), stopped = _folder.In("stopped");
        TrainingFolder.Run(_folder.Options([.. changes, ("output_dir", whole)]));
        var options = _folder.Options([.. changes, ("output_dir", stopped), ("threads", 1)]);
        int starts = 0;
        for (bool finished = false; !finished; starts++)
        {
            using var stop = new CancellationTokenSource();
            using var run = TrainingRun.Open(options, resume: true, new RunObserver { Metrics = (_, _) => stop.Cancel() });
            finished = run.Run(stop.Token);
        }

        Assert.Equal(6, starts);
        Assert.Equal(TrainingFolder.Result(whole), TrainingFolder.Result(stopped));
        Assert.Equal(TrainingFolder.Metrics(whole), TrainingFolder.Metrics(stopped));
        Assert.Equal(8, TrainingFolder.Metrics(whole).Length);
    }

    [Fact]
    [Trait("kind", "property")]
    public void Run_OfScenesAsFilesOrAsParquet_LearnsTheSame()
    {
        var scenes = new SceneDataset { Seed = 4, Questions = 2 };
        scenes.Write(_folder.In("scenes"), 12);
        scenes.Write(_folder.In("scenes.parquet"), 12);
        string folder = _folder.In("folder"), file = _folder.In("file");
        (string, JsonNode?)[] changes = [("image_folder", _folder.Path), ("max_steps", 3), ("group_by_modality_length", true)];
        TrainingFolder.Run(_folder.Options([.. changes, ("data_path", Path.Combine(_folder.In("scenes"), SceneDataset.ConversationsFile)), ("image_folder", _folder.In("scenes")), ("output_dir", folder)]));
        var options = _folder.Options([.. changes, ("data_path", _folder.In("scenes.parquet")), ("output_dir", file)]);
        using (var stop = new CancellationTokenSource())
        using (var run = TrainingRun.Open(options, resume: false, new RunObserver { Metrics = (_, _) => stop.Cancel() }))
        {
            Assert.False(run.Run(stop.Token));
        }

        TrainingFolder.Run(options, resume: true);
        Assert.Equal(TrainingFolder.Result(folder), TrainingFolder.Result(file));
        Assert.Equal(TrainingFolder.Metrics(folder), TrainingFolder.Metrics(file));
    }

    [Fact]
    [Trait("kind", "property")]
    public void Run_ComputingLayersTwice_LearnsTheSame()
    {
        TrainingFolder.Run(_folder.Options(("output_dir", _folder.In("once"))));
        TrainingFolder.Run(_folder.Options(("output_dir", _folder.In("twice")), ("gradient_checkpointing", true)));
        Assert.Equal(TrainingFolder.Result(_folder.In("once")), TrainingFolder.Result(_folder.In("twice")));
    }

    [Fact]
    [Trait("kind", "property")]
    public void Run_InBf16_IsNearAndNotTheSame()
    {
        TrainingFolder.Run(_folder.Options(("output_dir", _folder.In("f32"))));
        TrainingFolder.Run(_folder.Options(("output_dir", _folder.In("bf16")), ("bf16", true)));
        var losses = new[] { "f32", "bf16" }.Select(name => JsonNode.Parse(TrainingFolder.Metrics(_folder.In(name))[0])!["loss"]!.GetValue<double>()).ToArray();
        Assert.NotEqual(losses[0], losses[1]);
        Assert.Equal(losses[0], losses[1], 0.05);
    }

    [Fact]
    [Trait("kind", "property")]
    public void Run_OfTheProjectorAlone_ChangesNothingElse()
    {
        TrainingFolder.Run(_folder.Options(("tune_mm_mlp_adapter", true)));
        using var before = SafetensorsReader.Open(Repository.Path("tests/golden/checkpoints/llava-train-tiny/model.safetensors"));
        using var after = SafetensorsReader.Open(Path.Combine(_folder.Output, "model.safetensors"));
        Assert.Equal(before.Names, after.Names);
        foreach (string name in before.Names)
        {
            bool same = before[name].Bytes().SequenceEqual(after[name].Bytes());
            Assert.True(same != name.Contains("projector", StringComparison.Ordinal), name);
        }
    }

    [Fact]
    public void Run_WithALimit_KeepsTheNewestCheckpoints()
    {
        TrainingFolder.Run(_folder.Options(("max_steps", 5), ("save_steps", 1), ("save_total_limit", 2)));
        Assert.Equal(["checkpoint-4", "checkpoint-5"], Directory.GetDirectories(_folder.Output).Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public void Open_OfAFolderWithARun_AsksForResume()
    {
        TrainingFolder.Run(_folder.Options(("max_steps", 1)));
        Assert.Contains("--resume", Refused<IOException>(_folder.Options(("max_steps", 1))), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithAnotherConfiguration_NamesWhatIsDifferent()
    {
        TrainingFolder.Run(_folder.Options(("max_steps", 1)));
        string message = Refused<ArgumentException>(_folder.Options(("max_steps", 1), ("learning_rate", 0.5), ("save_steps", 7)), resume: true);
        Assert.Contains("learning_rate was 0.001 and is 0.5", message, StringComparison.Ordinal);
        Assert.DoesNotContain("save_steps", message, StringComparison.Ordinal);
        string samples = _folder.WriteSamples(File.ReadAllText(Path.Combine(TrainingFolder.Data, "instructions.json")).Replace("What", "Who", StringComparison.Ordinal));
        Assert.Contains("data_path", Refused<ArgumentException>(_folder.Options(("max_steps", 1), ("data_path", samples)), resume: true), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("training.safetensors", 100)]
    [InlineData("training.safetensors", 0)]
    [InlineData("state.json", 40)]
    public void Open_WithATruncatedCheckpoint_NamesIt(string file, int length)
    {
        var options = _folder.Options(("max_steps", 2));
        TrainingFolder.Run(options);
        string path = Path.Combine(_folder.Output, "checkpoint-2", file);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..length]);
        Assert.Contains("checkpoint-2 cannot be used", Refused<InvalidDataException>(options, resume: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WhoseLossIsNoNumber_NamesStepAndSamplesAndKeepsTheCheckpoint()
    {
        var options = _folder.Options(("learning_rate", 1e30), ("save_steps", 1), ("lr_scheduler_type", "constant"));
        using var run = TrainingRun.Open(options, resume: false, new RunObserver());
        string message = Assert.Throws<InvalidDataException>(() => run.Run(CancellationToken.None)).Message;
        Assert.Matches("^Step [2-6]: .*no parameter was moved.* Its samples are .*instructions.json.*checkpoint-[1-5] holds the run", message);
        string newest = Directory.GetDirectories(_folder.Output, "checkpoint-*").Single();
        using var stored = SafetensorsReader.Open(Path.Combine(newest, "training.safetensors"));
        Assert.NotEmpty(stored.Names);
    }

    [Fact]
    public void Run_WithBrokenSamples_ListsThemAndLearnsTheOthers()
    {
        File.WriteAllBytes(_folder.In("broken.png"), [1, 2, 3]);
        File.Copy(Path.Combine(TrainingFolder.Data, "picture-0.png"), _folder.In("good.png"));
        const string Conversation = """ "conversations": [{"from": "human", "value": "<image>\nWhat?"}, {"from": "gpt", "value": "A cat."}] """;
        string samples = _folder.WriteSamples($$"""
            [{"id": "good", "image": "good.png", {{Conversation}} }, {"id": "gone", "image": "gone.png", {{Conversation}} }, {"id": "broken", "image": "broken.png", {{Conversation}} },
             {"id": "outside", "image": "../secret.png", {{Conversation}} }, {"image": "good.png"}, {"id": "twice", "image": ["good.png", "good.png"], {{Conversation}} }, 7]
            """);
        var options = _folder.Options(("data_path", samples), ("image_folder", _folder.Path), ("max_steps", 4), ("per_device_train_batch_size", 1), ("gradient_accumulation_steps", 1));
        TrainingFolder.Run(options);
        var skipped = File.ReadLines(Path.Combine(_folder.Output, "skipped.jsonl")).Select(line => JsonNode.Parse(line)!).ToDictionary(line => line["id"]!.GetValue<string>(), line => line["reason"]!.GetValue<string>());
        Assert.Equal(["#4", "#6", "broken", "gone", "outside", "twice"], skipped.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("gone.png is not in", skipped["gone"], StringComparison.Ordinal);
        Assert.Contains("lies outside the folder", skipped["outside"], StringComparison.Ordinal);
        Assert.Contains("broken.png", skipped["broken"], StringComparison.Ordinal);
        Assert.Contains("no list of conversations", skipped["#4"], StringComparison.Ordinal);
        Assert.Contains("2 pictures for 1 places", skipped["twice"], StringComparison.Ordinal);
        Assert.Contains("gone", Refused<InvalidDataException>(options with { BrokenSamples = "fail", OutputDir = _folder.In("strict") }), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithoutSamples_SaysWhy()
    {
        Assert.Contains("There is no sample", Refused<InvalidDataException>(_folder.Options(("data_path", _folder.WriteSamples("[]")))), StringComparison.Ordinal);
        Assert.Contains("has no from", Refused<InvalidDataException>(_folder.Options(("data_path", _folder.WriteSamples("""[{"conversations": [{"value": "x"}]}]""")))), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAFolderThatCannotBeWritten_SaysSo()
    {
        File.WriteAllText(_folder.In("file"), "");
        Assert.Contains("cannot be written", Refused<IOException>(_folder.Options(("output_dir", _folder.In("file")))), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAModelThatCannotBeTrained_SaysWhichCan()
    {
        var options = _folder.Options(("model_name_or_path", Repository.Path("tests/golden/checkpoints/qwen2-vl-tiny")));
        Assert.Contains("llava", Refused<NotSupportedException>(options), StringComparison.Ordinal);
        Refused<DirectoryNotFoundException>(_folder.Options(("model_name_or_path", _folder.In("nowhere"))));
    }

    [Fact]
    public void Run_ClearsAwayWhatAKillLeftAndNothingElse()
    {
        string checkpoint = Path.Combine(_folder.Output, "checkpoint-3.partial"), model = $"{_folder.Output}.{Guid.NewGuid():N}.partial", others = _folder.Output + ".other.partial";
        Array.ForEach([checkpoint, model, others], path => Directory.CreateDirectory(path));
        TrainingFolder.Run(_folder.Options(("max_steps", 1)));
        Assert.Equal([false, false, true], new[] { checkpoint, model, others }.Select(Directory.Exists));
    }

    [Fact]
    public void Open_OfARunThatIsGoingOn_IsRefused()
    {
        using var first = TrainingRun.Open(_folder.Options(), resume: false, new RunObserver());
        Assert.Contains("used by another process", Refused<IOException>(_folder.Options(), resume: true), StringComparison.Ordinal);
    }

    private static string Refused<TException>(TrainingOptions options, bool resume = false)
        where TException : Exception => Assert.Throws<TException>(() => TrainingRun.Open(options, resume, new RunObserver()).Dispose()).Message;
}
