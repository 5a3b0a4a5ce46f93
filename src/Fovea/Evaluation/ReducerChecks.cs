using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Evaluation;

/// <summary>What must hold of every method on every model. The catalogue's own tests run these, and so can the author of a plug-in.</summary>
public static class ReducerChecks
{
    private const int Steps = 4;
    private const string Question = "What is shown in the image?";

    /// <summary>All checks.</summary>
    public static IReadOnlyList<ReducerCheck> All { get; } =
    [
        new("whole", "keeping everything gives the logits of no reduction, to the last bit", KeepingEverything),
        new("map", "the map is ordered, its rows sum to one, and the budget is met", OrderedMap),
        new("batch", "a batch of different budgets gives each request the logits that it gets alone, to the last bit", Batch),
        new("repeat", "the same request gives the same answer twice", Repeatable),
        new("text", "a prompt without pictures is not touched", TextOnly),
        new("cache", "pictures from the feature cache give the same logits, to the last bit", FeatureCache),
        new("one", "a single visual token in the budget is enough for an answer", OneToken),
    ];

    /// <summary>Whether the method's defaults suit the model and it can be told how much to keep; the checks suppose that.</summary>
    public static bool Fits(MultimodalModel model, ReducerDescriptor method)
    {
        try
        {
            var reducer = method.Create(new JsonObject());
            return reducer.UsesBudget && reducer.Stages(Generator.ShapeOf(model)).Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void KeepingEverything(MultimodalModel model, ReducerDescriptor method)
    {
        var whole = Answer(model, ReductionPlan.None, 1, 2);
        var kept = Answer(model, Plan(method, TokenBudget.KeepRatio(1)), 1, 2);
        Same(whole.Logits, kept.Logits, "keeping everything changes the logits");
        Holds(kept.Result.Report.Map.IsIdentity, "keeping everything drops or merges tokens");
    }

    private static void OrderedMap(MultimodalModel model, ReducerDescriptor method)
    {
        var budget = TokenBudget.KeepRatio(0.25);
        var report = Answer(model, Plan(method, budget), 1, 2).Result.Report;
        int special = Enumerable.Range(0, report.Geometry.Count).Count(token => report.Geometry[token].Kind != VisualTokenKind.Patch);
        int most = special + budget.Of(report.VisualTokens - special) + report.Geometry.Grids.Count;
        var map = report.Map;
        Holds(map.Outputs >= 1 && map.Outputs <= most, $"{map.Outputs} of {report.VisualTokens} tokens stay where at most {most} should");
        for (int row = 0; row < map.Outputs; row++)
        {
            float sum = map.Weights[map.Offsets[row]..map.Offsets[row + 1]].ToArray().Sum();
            Holds(Math.Abs(sum - 1) <= 1e-4, $"row {row} of the map sums to {sum}");
            Holds(row == 0 || map.Representatives[row] >= map.Representatives[row - 1], $"row {row} of the map stands in front of its predecessor");
        }

        Holds(report.VisualTokensPerLayer[^1] == map.Outputs, "the last layer sees other tokens than the map leaves");
    }

    private static void Batch(MultimodalModel model, ReducerDescriptor method)
    {
        GenerationRequest[] requests =
        [
            Request(model, Question, Plan(method, TokenBudget.KeepRatio(0.5)), 1),
            Request(model, "Where is it?", ReductionPlan.None, 2, 3),
            Request(model, "Describe the first picture.", Plan(method, TokenBudget.KeepRatio(0.2)), 4, 5),
            Request(model, "Hello, how are you?", Plan(method, TokenBudget.KeepRatio(0.2))),
        ];
        using var compute = new Compute();
        var together = new LogitsRecorder();
        var results = new Generator(model, compute, together).Generate(requests);
        for (int i = 0; i < requests.Length; i++)
        {
            var alone = new LogitsRecorder();
            var result = new Generator(model, compute, alone).Generate(requests[i]);
            results[i].Checked();
            Holds(result.Tokens.SequenceEqual(results[i].Tokens) && alone.Steps[0][0].AsSpan().SequenceEqual(together.Steps[0][i]), $"request {i} of a batch answers otherwise than alone");
            Holds(result.Report.VisualTokensPerLayer.SequenceEqual(results[i].Report.VisualTokensPerLayer), $"request {i} of a batch keeps other numbers of tokens than alone");
        }
    }

    private static void Repeatable(MultimodalModel model, ReducerDescriptor method)
    {
        var plan = Plan(method, TokenBudget.KeepRatio(0.3)) with { Seed = 7 };
        var first = Answer(model, plan, 1);
        var second = Answer(model, plan, 1);
        Same(first.Logits, second.Logits, "the same request gives other logits the second time");
        Holds(first.Result.Report.Map.Representatives.SequenceEqual(second.Result.Report.Map.Representatives), "the same request keeps other tokens the second time");
    }

    private static void TextOnly(MultimodalModel model, ReducerDescriptor method)
    {
        var plain = Answer(model, ReductionPlan.None);
        var reduced = Answer(model, Plan(method, TokenBudget.KeepRatio(0.1)));
        Same(plain.Logits, reduced.Logits, "a prompt without pictures gives other logits");
    }

    private static void FeatureCache(MultimodalModel model, ReducerDescriptor method)
    {
        var expected = Answer(model, Plan(method, TokenBudget.KeepRatio(0.3)), 1, 2);
        using var compute = new Compute();
        using var cache = new VisionFeatureCache();
        var recorder = new LogitsRecorder();
        var generator = new Generator(model, compute, recorder, cache);

        // Where the visual tokens depend on the question, the cache can help only with the same one.
        bool looksAtTheQuestion = model.Question(model.Encode("<image>")).Length > 0;
        _ = generator.Generate(Request(model, looksAtTheQuestion ? Question : "How many are there?", Plan(method, TokenBudget.KeepRatio(0.3)), 1, 2));
        recorder.Steps.Clear();
        var result = generator.Generate(Request(model, Question, Plan(method, TokenBudget.KeepRatio(0.3)), 1, 2));
        Holds(result.Report is { PicturesEncoded: 0, PicturesFromCache: 2 }, "pictures that were encoded are encoded again");
        Same(expected.Logits, [.. recorder.Steps.Select(step => step[0])], "pictures from the feature cache give other logits");
        Holds(expected.Result.Report.Map.Representatives.SequenceEqual(result.Report.Map.Representatives), "pictures from the feature cache keep other tokens");
    }

    private static void OneToken(MultimodalModel model, ReducerDescriptor method)
    {
        var result = Answer(model, Plan(method, TokenBudget.KeepCount(1)), 1).Result;
        Holds(result.Tokens.Count == Steps && result.Report.Map.Outputs >= 1, "with one token to keep there is no answer");
    }

    private static ReductionPlan Plan(ReducerDescriptor method, TokenBudget budget)
    {
        var reducer = method.Create(new JsonObject());
        return reducer.Adjust(new ReductionPlan { Steps = [new PlanStep(method.Name, reducer, budget)] });
    }

    private static (GenerationResult Result, float[][] Logits) Answer(MultimodalModel model, ReductionPlan plan, params int[] pictures)
    {
        using var compute = new Compute();
        var recorder = new LogitsRecorder();
        var result = new Generator(model, compute, recorder).Generate(Request(model, Question, plan, pictures));
        return (result, [.. recorder.Steps.Select(step => step[0])]);
    }

    private static GenerationRequest Request(MultimodalModel model, string question, ReductionPlan plan, params int[] pictures) => new()
    {
        Prompt = model.Prompt([ChatMessage.User(question, pictures.Length)]),
        Images = [.. pictures.Select(seed => Picture(90 + (13 * seed), 70 + (29 * seed), seed))],
        Plan = plan,
        MaxNewTokens = Steps,
        EndTokens = [],
    };

    /// <summary>A picture with something in every corner, the same every time.</summary>
    private static Image Picture(int width, int height, int seed)
    {
        var rgb = new byte[width * height * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            int x = i / 3 % width, y = i / 3 / width;
            rgb[i] = (byte)((128 + (90 * Math.Sin((x * 0.13) + seed + (i % 3)) * Math.Cos((y * 0.07 * (seed + 1)) + (i % 3)))) + ((x * y) % 17));
        }

        return new Image(width, height, rgb);
    }

    private static void Same(float[][] expected, float[][] actual, string otherwise) =>
        Holds(expected.Length == actual.Length && expected.Zip(actual).All(step => step.First.AsSpan().SequenceEqual(step.Second)), otherwise);

    private static void Holds(bool promise, string otherwise)
    {
        if (!promise)
        {
            throw new ReducerCheckException(otherwise + ".");
        }
    }

    private sealed class LogitsRecorder : ForwardObserver
    {
        public List<float[][]> Steps { get; } = [];

        public override void OnLogits(Tensor logits) => Steps.Add([.. Enumerable.Range(0, logits.Rows).Select(row => logits.Row<float>(row).ToArray())]);
    }
}
