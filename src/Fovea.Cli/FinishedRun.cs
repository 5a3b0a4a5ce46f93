using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Cli.Output;
using Fovea.Evaluation;
using Fovea.Reduction.Methods;

namespace Fovea.Cli;

/// <summary>A run of an evaluation with its answers in the order of the questions.</summary>
internal sealed record FinishedRun(EvaluationRun Run, IReadOnlyList<AnsweredQuestion> Answers, TimeSpan Time)
{
    /// <summary>What is printed of it.</summary>
    public RunOutput Output { get; } = RunOutput.Of(Run, Answers, Time);

    /// <summary>Writes the files that PACT's configuration asks for; returns the first, or none if another method ran.</summary>
    /// <param name="task">The name of the question set.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public string? WriteMetrics(string task)
    {
        if (Run.PlanFor(0).Steps is not [{ Reducer: Pact pact }])
        {
            return null;
        }

        var metrics = new PactMetrics(pact.Options);
        foreach (var cost in Answers.Select(answer => answer.Cost).OfType<AnswerCost>())
        {
            metrics.Add(cost);
        }

        var results = new JsonObject { [task] = JsonSerializer.SerializeToNode(Output.Accuracy, OutputJson.Plain.DictionaryStringDouble) };
        string arguments = $"pretrained={Run.Model},max_new_tokens={Run.MaxNewTokens},seed={Run.Seed}";
        return metrics.Write([task], results, Path.GetFileName(Run.Model), arguments, JsonSerializer.Serialize(Output, OutputJson.Plain.RunOutput), TimeProvider.System);
    }
}
