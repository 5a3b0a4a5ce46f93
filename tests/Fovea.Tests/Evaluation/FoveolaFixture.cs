using System.Text.Json;
using Fovea.Evaluation;

namespace Fovea.Tests.Evaluation;

/// <summary>The shipped model with its questions and the answers of the reference.</summary>
public sealed class FoveolaFixture : IAsyncLifetime
{
    private VisionLanguageModel? _model;

    public static string Folder { get; } = Repository.Path("models/foveola");

    public QuestionSet Questions { get; } = QuestionSet.Load(Path.Combine(Folder, "eval"));

    public VisionLanguageModel Model => _model ?? throw new InvalidOperationException("The model is not loaded.");

    public static JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name)));

    public async ValueTask InitializeAsync() => _model = await VisionLanguageModel.LoadAsync(Path.Combine(Folder, "model"));

    public ValueTask DisposeAsync()
    {
        _model?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Answers the first questions, in their order.</summary>
    public async Task<List<AnsweredQuestion>> AnswerAsync(EvaluationRun run, int count)
    {
        var answers = new List<AnsweredQuestion>();
        await foreach (var answer in new Evaluator(Model).RunAsync([.. Questions.Questions.Take(count)], run, new HashSet<string>(), TestContext.Current.CancellationToken))
        {
            answers.Add(answer);
        }

        return answers;
    }
}
