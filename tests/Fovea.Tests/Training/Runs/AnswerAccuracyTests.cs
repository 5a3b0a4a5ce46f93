using System.Text.Json.Nodes;
using Fovea.Evaluation;
using Fovea.Training.Runs;

namespace Fovea.Tests.Training.Runs;

/// <summary>Questions that are asked while foveola is trained.</summary>
public sealed class AnswerAccuracyTests : IDisposable
{
    private const int Count = 12;

    private static readonly string Questions = Repository.Path("models/foveola/eval");

    private readonly TrainingFolder _folder = new();

    private static (string, JsonNode?)[] Foveola =>
    [
        ("model_name_or_path", Repository.Path("models/foveola/model")), ("version", "chat_template"), ("data_path", "scenes:count=20,questions=2"),
        ("image_aspect_ratio", "square"), ("max_steps", 4), ("learning_rate", 3e-3), ("eval_steps", 2),
    ];

    private static (string, JsonNode?)[] Asked => [.. Foveola, ("eval_questions", Questions), ("eval_questions_count", Count)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("kind", "end-to-end")]
    public async Task Run_WithQuestions_MeasuresWhatTheSavedModelAnswersAndLearnsTheSame()
    {
        string silent = _folder.In("silent");
        TrainingFolder.Run(_folder.Options(Asked));
        TrainingFolder.Run(_folder.Options([.. Foveola, ("output_dir", silent), ("eval_steps", null)]));
        Assert.Equal(TrainingFolder.Result(silent), TrainingFolder.Result(_folder.Output));
        var lines = Lines(_folder.Output);
        Assert.Equal([1, 2, 2, 3, 4, 4], lines.Select(line => line["step"]!.GetValue<int>()));
        Assert.Equal([false, false, true, false, false, true], lines.Select(line => line["eval_accuracy"] is not null));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.Path, "*.partial", SearchOption.AllDirectories), _ => true);

        using var model = await VisionLanguageModel.LoadAsync(_folder.Output);
        var run = new EvaluationRun { Model = _folder.Output };
        var answers = await new Evaluator(model).RunAsync(QuestionSet.Load(Questions).Spread(Count), run, new HashSet<string>()).ToListAsync();
        var expected = Accuracy.Of(answers);
        Assert.Equal((expected.All, Count), (lines[^1]["eval_accuracy"]!.GetValue<double>(), lines[^1]["eval_questions"]!.GetValue<int>()));
        Assert.Equal(expected.ByKind, lines[^1]["eval_accuracy_by_kind"]!.AsObject().Select(kind => KeyValuePair.Create(kind.Key, kind.Value!.GetValue<double>())));
    }

    [Fact]
    [Trait("kind", "property")]
    public void Run_StoppedBeforeAndAfterEachMeasurement_WritesTheSameLines()
    {
        string whole = _folder.In("whole"), stopped = _folder.In("stopped");
        (string, JsonNode?)[] changes = [.. Asked, ("eval_data_path", "scenes:seed=2,count=2,questions=2"), ("save_steps", 3)];
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
    }

    [Fact]
    [Trait("kind", "end-to-end")]
    public void Run_OfAModelInItsAuthorsLayout_IsMeasuredToo()
    {
        TrainingFolder.Run(_folder.Options(
        [
            .. Asked, ("max_steps", 1), ("eval_steps", null), ("tune_mm_mlp_adapter", true), ("mm_vision_token_compression_type", "quecc"),
            ("mm_vision_token_compression_kernel_size", 4), ("mm_vision_token_compression_stride", 4),
        ]));
        Assert.Equal(Count, Lines(_folder.Output)[^1]["eval_questions"]!.GetValue<int>());
    }

    [Fact]
    public void Run_AfterAKillWhileItMeasured_ClearsTheModelAway()
    {
        string left = Path.Combine(_folder.Output, "measured.partial");
        Directory.CreateDirectory(left);
        File.WriteAllText(Path.Combine(left, "model.safetensors"), "half");
        TrainingFolder.Run(_folder.Options(("max_steps", 1)));
        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public void Open_WithQuestionsThatCannotBeAsked_NamesThem()
    {
        Assert.Throws<DirectoryNotFoundException>(() => Open(_folder.In("nowhere")));
        File.WriteAllText(_folder.In("questions.jsonl"), """{"id": "blind", "image": "gone.png", "kind": "k", "question": "What?", "answer": "no"}""");
        Assert.Contains("gone.png of the question blind is missing", Assert.Throws<FileNotFoundException>(() => Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    private static JsonNode[] Lines(string output) => [.. TrainingFolder.Metrics(output).Select(line => JsonNode.Parse(line)!)];

    private void Open(string questions) => TrainingRun.Open(_folder.Options(("eval_questions", questions)), resume: false, new RunObserver()).Dispose();
}
