using System.Runtime.CompilerServices;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Text;

namespace Fovea.Evaluation;

/// <summary>Asks a model the questions of a set. Questions about one picture go through the model together; the answers are those that each would get alone.</summary>
/// <param name="model">The model.</param>
public sealed class Evaluator(VisionLanguageModel model)
{
    private const string CaptionKind = "caption";

    /// <summary>Answers questions, picture by picture, greedily.</summary>
    /// <param name="questions">The questions; consecutive ones about the same picture are one batch.</param>
    /// <param name="run">The settings.</param>
    /// <param name="skip">Ids that are answered already.</param>
    /// <param name="cancellation">Stops between two passes of the model; what was given out so far stands.</param>
    /// <exception cref="ArgumentException">A setting or a question does not fit the model.</exception>
    /// <exception cref="ImageFormatException">A file is no picture.</exception>
    /// <exception cref="IOException">A picture cannot be read.</exception>
    public async IAsyncEnumerable<AnsweredQuestion> RunAsync(
        IReadOnlyList<EvaluationQuestion> questions, EvaluationRun run, IReadOnlySet<string> skip, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        int picture = 0;
        foreach (var batch in ByPicture(questions))
        {
            var open = batch.Where(question => !skip.Contains(question.Id)).ToList();
            foreach (var answered in open.Count == 0 ? [] : await AskAsync(open, run, picture, cancellation).ConfigureAwait(false))
            {
                yield return answered;
            }

            picture++;
        }
    }

    private static IEnumerable<List<EvaluationQuestion>> ByPicture(IReadOnlyList<EvaluationQuestion> questions)
    {
        var batch = new List<EvaluationQuestion>();
        foreach (var question in questions)
        {
            if (batch.Count > 0 && batch[0].Image != question.Image)
            {
                yield return batch;
                batch = [];
            }

            batch.Add(question);
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private async Task<IEnumerable<AnsweredQuestion>> AskAsync(List<EvaluationQuestion> questions, EvaluationRun run, int picture, CancellationToken cancellation)
    {
        var image = Image.Load(questions[0].Image);
        var plan = run.PlanFor(picture);
        var requests = questions.ConvertAll(question => new GenerationRequest
        {
            Prompt = model.Model.Prompt([ChatMessage.User(question.Question, 1)]),
            Images = [image],
            Plan = plan,
            MaxNewTokens = run.MaxNewTokens,
        });
        var results = await model.GenerateAsync(requests, cancellation).ConfigureAwait(false);
        return questions.Zip(results, (question, result) => Mark(question, result.Checked(), run, results.Count));
    }

    private static AnsweredQuestion Mark(EvaluationQuestion question, GenerationResult result, EvaluationRun run, int batch)
    {
        string prediction = result.Text.Trim();
        return new AnsweredQuestion
        {
            Id = question.Id,
            Kind = question.Kind,
            Answer = question.Answer,
            Prediction = prediction,
            Correct = AnswerScore.IsExact(prediction, question.Answer),
            F1 = question.Kind == CaptionKind ? AnswerScore.ItemF1(prediction, question.Answer) : null,
            VisualTokens = result.Report.VisualTokensPerLayer.LastOrDefault(),
            PromptTokens = result.Report.PromptTokens,
            NewTokens = result.Tokens.Count,
            Cost = AnswerCost.Of(result.Report, batch),
            Run = run,
        };
    }
}
