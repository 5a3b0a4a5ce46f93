using Fovea.Generation;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Reduction;

/// <summary>What must hold for every method on every family; the pairs come from the two catalogues.</summary>
[Trait("kind", "property")]
public sealed class EveryMethodOnEveryModelTests
{
    private const int Steps = 4;

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (string folder in TinyModels.Folders)
            {
                foreach (var method in KnownReducers.All.Where(method => Fits(folder, method)))
                {
                    pairs.Add(folder, method.Name);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void KeepingEverything_EqualsNoReduction_ToTheLastBit(string folder, string method)
    {
        var whole = Answer(folder, ReductionPlan.None, 1, 2);
        var kept = Answer(folder, Plan(method, TokenBudget.KeepRatio(1)), 1, 2);
        Assert.Equal(whole.Logits, kept.Logits);
        Assert.True(kept.Result.Report.Map.IsIdentity);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Map_IsOrderedAndSumsToOne_AndMeetsTheBudget(string folder, string method)
    {
        var budget = TokenBudget.KeepRatio(0.25);
        var report = Answer(folder, Plan(method, budget), 1, 2).Result.Report;
        int special = Enumerable.Range(0, report.Geometry.Count).Count(token => report.Geometry[token].Kind != VisualTokenKind.Patch);
        int groups = report.Geometry.Grids.Count;
        var map = report.Map;
        Assert.InRange(map.Outputs, 1, special + budget.Of(report.VisualTokens - special) + groups);
        for (int row = 0; row < map.Outputs; row++)
        {
            Assert.Equal(1, map.Weights[map.Offsets[row]..map.Offsets[row + 1]].ToArray().Sum(), 1e-4);
            Assert.True(row == 0 || map.Representatives[row] > map.Representatives[row - 1]);
        }

        Assert.Equal(map.Outputs, report.VisualTokensPerLayer[^1]);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Batch_GivesTheSameLogitsAsOneByOne_ToTheLastBit(string folder, string method)
    {
        var model = TinyModels.Load(folder);
        var requests = new[]
        {
            Request(model, "What is shown in the image?", Plan(method, TokenBudget.KeepRatio(0.5)), 1),
            Request(model, "Where is it?", ReductionPlan.None, 2, 3),
            Request(model, "Describe the first picture.", Plan(method, TokenBudget.KeepRatio(0.2)), 4, 5),
            Request(model, "Hello, how are you?", Plan(method, TokenBudget.KeepRatio(0.2))),
        };
        using var compute = new Compute();
        var together = new LogitsObserver();
        var results = new Generator(model, compute, together).Generate(requests);
        for (int i = 0; i < requests.Length; i++)
        {
            var alone = new LogitsObserver();
            var result = new Generator(model, compute, alone).Generate(requests[i]);
            Assert.Equal(result.Tokens, results[i].Tokens);
            Assert.Equal(alone.Steps[0][0], together.Steps[0][i]);
            Assert.Equal(result.Report.VisualTokensPerLayer, results[i].Report.VisualTokensPerLayer);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void PicturesFromTheFeatureCache_GiveTheSameLogits_ToTheLastBit(string folder, string method)
    {
        var model = TinyModels.Load(folder);
        var plan = Plan(method, TokenBudget.KeepRatio(0.3));
        var expected = Answer(folder, plan, 1, 2);
        using var compute = new Compute();
        using var cache = new VisionFeatureCache();
        var observer = new LogitsObserver();
        var generator = new Generator(model, compute, observer, cache);
        const string Question = "What is shown in the image?";
        // Where the visual tokens depend on the question, the cache can help only with the same one.
        bool looksAtTheQuestion = model.Question(model.Encode("<image>")).Length > 0;
        _ = generator.Generate(Request(model, looksAtTheQuestion ? Question : "How many are there?", plan, 1, 2));
        observer.Steps.Clear();
        var result = generator.Generate(Request(model, Question, Plan(method, TokenBudget.KeepRatio(0.3)), 1, 2));
        Assert.True(result.Report.FeatureCacheHit);
        Assert.Equal(0, result.Report.EncoderFlops);
        Assert.Equal(expected.Logits, observer.Steps.Select(step => step[0]));
        Assert.Equal(expected.Result.Report.Map.Representatives.ToArray(), result.Report.Map.Representatives.ToArray());
        Assert.Equal(expected.Result.Report.Stages.Select(stage => (stage.Stage, stage.Before, stage.After)), result.Report.Stages.Select(stage => (stage.Stage, stage.Before, stage.After)));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void SameSeed_GivesTheSameAnswer(string folder, string method)
    {
        var plan = Plan(method, TokenBudget.KeepRatio(0.3)) with { Seed = 7 };
        var first = Answer(folder, plan, 1);
        var second = Answer(folder, plan, 1);
        Assert.Equal(first.Logits, second.Logits);
        Assert.Equal(first.Result.Report.Map.Representatives.ToArray(), second.Result.Report.Map.Representatives.ToArray());
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void TextOnlyPrompt_PassesUntouched(string folder, string method)
    {
        var plain = Answer(folder, ReductionPlan.None);
        var reduced = Answer(folder, Plan(method, TokenBudget.KeepRatio(0.1)));
        Assert.Equal(plain.Logits, reduced.Logits);
        Assert.Equal(0, reduced.Result.Report.VisualTokens);
    }

    /// <summary>Whether the method's defaults suit the model and it can be told how much to keep; a model of two layers has none to cut before.</summary>
    private static bool Fits(string folder, ReducerDescriptor method)
    {
        try
        {
            var reducer = method.Create(new System.Text.Json.Nodes.JsonObject());
            return reducer.UsesBudget && reducer.Stages(Generator.ShapeOf(TinyModels.Load(folder))).Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static ReductionPlan Plan(string method, TokenBudget budget) => ReductionPlan.Of(method, budget);

    private static (GenerationResult Result, float[][] Logits) Answer(string folder, ReductionPlan plan, params int[] pictures)
    {
        var model = TinyModels.Load(folder);
        using var compute = new Compute();
        var observer = new LogitsObserver();
        var result = new Generator(model, compute, observer).Generate(Request(model, "What is shown in the image?", plan, pictures));
        return (result, [.. observer.Steps.Select(step => step[0])]);
    }

    private static GenerationRequest Request(MultimodalModel model, string question, ReductionPlan plan, params int[] pictures) => new()
    {
        Prompt = model.Prompt([ChatMessage.User(question, pictures.Length)]),
        Images = [.. pictures.Select(seed => TinyModels.Picture(90 + (13 * seed), 70 + (29 * seed), seed))],
        Plan = plan,
        MaxNewTokens = Steps,
        EndTokens = [],
    };
}
