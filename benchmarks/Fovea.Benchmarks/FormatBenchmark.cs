using System.Globalization;
using Fovea.Evaluation;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Benchmarks;

/// <summary>
/// What formats of weights and caches cost in accuracy: greedy answers of foveola and the Kullback-Leibler divergence of its next-token distributions from those in 32 bits,
/// step by step as long as the tokens before are the same.
/// </summary>
internal static class FormatBenchmark
{
    private static readonly (string Weights, KvCacheType Cache)[] Variants =
    [
        ("bf16", KvCacheType.F32), ("bf16", KvCacheType.BF16), ("bf16", KvCacheType.F16), ("bf16", KvCacheType.Int8),
        ("int8", KvCacheType.F32), ("int8:128", KvCacheType.F32), ("int8", KvCacheType.BF16), ("int8", KvCacheType.Int8),
        ("int4", KvCacheType.F32), ("int4:64", KvCacheType.F32), ("int4", KvCacheType.BF16),
    ];

    /// <summary>Prints the table.</summary>
    /// <param name="project">The project's folder.</param>
    /// <param name="count">Questions.</param>
    public static void Run(string project, int count)
    {
        var chosen = QuestionSet.Load(Path.Combine(project, "models", "foveola", "eval")).Spread(count);
        string folder = Path.Combine(project, "models", "foveola", "model");
        var wide = Answers(folder, "f32", KvCacheType.F32, chosen, out double bytes);
        Console.WriteLine($"{chosen.Count} questions of models/foveola/eval, greedy");
        Console.WriteLine("| weights | cache | MiB | right | same answer | mean KL | greatest KL |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        Print("f32", KvCacheType.F32, bytes, chosen, wide, wide);
        foreach (var (weights, cache) in Variants)
        {
            var answers = Answers(folder, weights, cache, chosen, out bytes);
            Print(weights, cache, bytes, chosen, wide, answers);
        }
    }

    private static void Print(string weights, KvCacheType cache, double bytes, IReadOnlyList<EvaluationQuestion> questions, List<Answer> wide, List<Answer> answers)
    {
        var divergences = wide.Zip(answers, Divergences).SelectMany(each => each).ToList();
        double right = 100.0 * questions.Zip(answers, (question, answer) => AnswerScore.IsExact(answer.Text, question.Answer)).Count(correct => correct) / questions.Count;
        double same = 100.0 * wide.Zip(answers, (one, other) => one.Text == other.Text).Count(equal => equal) / questions.Count;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {weights} | {cache.ToString().ToLowerInvariant()} | {bytes / (1 << 20):F1} | {right:F1} % | {same:F1} % | {divergences.Average():0.0e-0} | {divergences.Max():0.0e-0} |"));
    }

    private static List<Answer> Answers(string folder, string weights, KvCacheType cache, IReadOnlyList<EvaluationQuestion> questions, out double bytes)
    {
        using var compute = new Compute();
        using var model = KnownModels.Load(folder, compute, new LoadOptions { Weights = new WeightPolicy { Format = WeightFormat.Parse(weights) }, Cache = cache });
        bytes = model.WeightBytes;
        return [.. questions.Select(question =>
        {
            var steps = new Steps();
            var result = new Generator(model, compute, steps).Generate(new GenerationRequest
            {
                Prompt = model.Prompt([ChatMessage.User(question.Question, 1)]),
                Images = [Image.Load(question.Image)],
                MaxNewTokens = 48,
            });
            return new Answer(result.Text.Trim(), [.. result.Tokens], steps.Probabilities);
        })];
    }

    private static IEnumerable<double> Divergences(Answer one, Answer other)
    {
        for (int step = 0; step < Math.Min(one.Steps.Count, other.Steps.Count); step++)
        {
            double sum = 0;
            for (int token = 0; token < one.Steps[step].Length; token++)
            {
                sum += Math.Exp(one.Steps[step][token]) * (one.Steps[step][token] - other.Steps[step][token]);
            }

            yield return Math.Max(0, sum);
            if (step >= one.Tokens.Length || step >= other.Tokens.Length || one.Tokens[step] != other.Tokens[step])
            {
                yield break;
            }
        }
    }

    /// <summary>An answer, and of each of its steps the logarithms of the probabilities.</summary>
    private sealed record Answer(string Text, int[] Tokens, List<double[]> Steps);

    private sealed class Steps : ForwardObserver
    {
        public List<double[]> Probabilities { get; } = [];

        public override void OnLogits(Tensor logits)
        {
            var row = Array.ConvertAll(logits.Row<float>(0).ToArray(), logit => (double)logit);
            double most = row.Max(), sum = Math.Log(row.Sum(logit => Math.Exp(logit - most)));
            Probabilities.Add(Array.ConvertAll(row, logit => logit - most - sum));
        }
    }
}
