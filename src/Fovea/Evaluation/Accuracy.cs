namespace Fovea.Evaluation;

/// <summary>How many answers are right, by kind. Everything in percent.</summary>
/// <param name="ByKind">Kinds in the order in which they first appear; a kind with captions is followed by its mean F1 under <c>KIND_f1</c>.</param>
/// <param name="All">Over all questions.</param>
/// <param name="Questions">How many there are.</param>
/// <param name="VisualTokens">Mean number of visual tokens in the last decoder layer.</param>
/// <param name="MeanTokens">Mean number of visual tokens over all layers; none if the answers do not say what they cost.</param>
/// <param name="SelectionSeconds">Mean time of the reductions of an answer.</param>
/// <param name="GenerationSeconds">Mean time of the language model for an answer.</param>
public sealed record Accuracy(IReadOnlyList<KeyValuePair<string, double>> ByKind, double All, int Questions, double VisualTokens, double? MeanTokens = null, double? SelectionSeconds = null, double? GenerationSeconds = null)
{
    /// <summary>Counts.</summary>
    /// <exception cref="ArgumentException">There are no answers.</exception>
    public static Accuracy Of(IReadOnlyList<AnsweredQuestion> answers)
    {
        if (answers.Count == 0)
        {
            throw new ArgumentException("Without answers there is no accuracy.", nameof(answers));
        }

        var kinds = new List<KeyValuePair<string, double>>();
        foreach (var kind in answers.GroupBy(answer => answer.Kind))
        {
            kinds.Add(new(kind.Key, 100 * kind.Average(answer => answer.Correct ? 1.0 : 0.0)));
            var captions = kind.Where(answer => answer.F1 is not null).Select(answer => answer.F1.GetValueOrDefault()).ToList();
            if (captions.Count > 0)
            {
                kinds.Add(new($"{kind.Key}_f1", 100 * captions.Average()));
            }
        }

        var costs = answers.Select(answer => answer.Cost).OfType<AnswerCost>().ToList();
        double? Mean(Func<AnswerCost, double> cost) => costs.Count == answers.Count ? costs.Average(cost) : null;
        return new Accuracy(
            kinds, 100 * answers.Average(answer => answer.Correct ? 1.0 : 0.0), answers.Count, answers.Average(answer => (double)answer.VisualTokens),
            Mean(cost => cost.MeanTokens), Mean(cost => cost.SelectionSeconds), Mean(cost => cost.GenerationSeconds));
    }
}
