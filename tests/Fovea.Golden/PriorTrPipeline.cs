using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Reduction.Methods;
using Fovea.Tensors.Ops;

namespace Fovea.Golden;

/// <summary><c>pipeline/*/priortr-*</c>: a strategy on a model, stage by stage, with greedy tokens under both cache policies.</summary>
internal static class PriorTrPipeline
{
    private static readonly string[] CustomStrategies = ["spread", "halves", "router"];

    /// <summary>Runs a case.</summary>
    public static void Run(string root, string path)
    {
        using var golden = new GoldenCase(path);
        using var compute = new Compute();
        using var model = ModelSuite.Load(root, golden.Root.GetProperty("checkpoint").GetString() ?? "", golden.Options, compute);
        string folder = Path.GetDirectoryName(path) ?? "";
        if (!golden.Root.TryGetProperty("inputs_from", out var from))
        {
            Compare.Integers("input_ids", golden.Input("input_ids"), Ids(model, golden, folder, compute));
            return;
        }

        using var input = new GoldenCase(Path.Combine(folder, from.GetString() + ".json"));
        foreach (var policy in new[] { CachePolicy.Trim, CachePolicy.Keep })
        {
            string prefix = policy == CachePolicy.Trim ? "trim." : "keep.";
            var recorder = Step(golden, model) is { } step ? new RecordingReducer(step.Reducer) : null;
            using var sequence = new Sequence(model.LanguageModel.NewCache());
            var observer = new ReductionObserver(sequence);
            var request = Request(input, folder) with
            {
                Sequence = sequence,
                MaxNewTokens = golden.Output(prefix + "tokens").Rows,
                Plan = new ReductionPlan { Cache = policy, Steps = recorder is null ? [] : [new PlanStep("priortr", recorder, Step(golden, model)?.Budget)] },
            };
            var result = new Generator(model, compute, observer).Generate(request);
            Compare.Integers("input_ids", input.Input("input_ids"), [.. sequence.Tokens.Take(result.Report.PromptTokens)]);
            new PriorTrExpectations(golden, input, recorder, observer, result).Check(prefix);
        }
    }

    private static int[] Ids(MultimodalModel model, GoldenCase input, string folder, Compute compute)
    {
        using var sequence = new Sequence(model.LanguageModel.NewCache());
        var result = new Generator(model, compute).Generate(Request(input, folder) with { Sequence = sequence, MaxNewTokens = 1 });
        return [.. sequence.Tokens.Take(result.Report.PromptTokens)];
    }

    private static GenerationRequest Request(GoldenCase input, string folder)
    {
        string prompt = input.Root.GetProperty("prompt").GetString() ?? "";
        Image[] pictures = [.. input.Root.GetProperty("images").EnumerateArray().Select(image => Image.Load(Path.Combine(folder, image.GetString() ?? "")))];
        bool video = prompt.Contains("<video>", StringComparison.Ordinal);
        return new GenerationRequest
        {
            Prompt = prompt,
            Images = video ? [] : pictures,
            Videos = video ? [new VisualItem(pictures, true)] : [],
            EndTokens = [],
        };
    }

    private static PlanStep? Step(GoldenCase golden, MultimodalModel model)
    {
        int depth = model.LanguageModel.Layers.Count;
        string strategy = golden.Options.GetProperty("strategy").GetString() ?? "";
        return CustomStrategies.Contains(strategy)
            ? new PlanStep(strategy, new PriorTrCustom(Custom(strategy, PriorTrCases.Configuration(golden, depth, "priortr"))), null)
            : PriorTrCases.Configuration(golden, depth).ToPlan().Steps.SingleOrDefault();
    }

    /// <summary>A strategy that a case registers itself, with what the copy makes of the case's budget.</summary>
    private static PriorTrCustomOptions Custom(string rule, PriorTrConfiguration configuration) => new()
    {
        Rule = rule,
        PruneLayer = configuration.PruneLayers,
        KeepTokens = configuration.KeepTokens,
        KeepRatio = configuration.KeepRatio,
        ScoreThreshold = configuration.ScoreThreshold,
        KeepLeast = configuration.Copy == PriorTrCopy.Qwen2 || configuration.Copy == PriorTrCopy.Qwen3 ? 1 : 0,
        SpecialTokens = true,
        CausalScores = configuration.CausalScores,
        QuestionWithLast = configuration.Copy == PriorTrCopy.Llava || configuration.Copy == PriorTrCopy.InternVl,
    };
}
