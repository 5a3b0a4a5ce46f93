using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Reduction.Methods;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Documents;

/// <summary>The example of the guide is the file beside it, which is compiled here, and it works.</summary>
public sealed class GuideTests
{
    [Fact]
    public void Guide_ShowsTheWholeFile() =>
        Assert.Equal(File.ReadAllText(Repository.Path("docs/guides/FeatureNorm.cs")), FencedBlock.Of("docs/guides/add-a-reducer.md")[0].Text);

    [Theory]
    [InlineData("false", 3)]
    [InlineData("true", 1)]
    public void FeatureNorm_OfFourTokens_KeepsTheLongestOrTheShortest(string shortest, int kept)
    {
        using var compute = new Compute();
        var reducer = FeatureNorm.Descriptor.Create(new Dictionary<string, string> { ["shortest"] = shortest });
        var context = new ReductionContext
        {
            Stage = Stage.BeforeProjector,
            Shape = new ModelShape(4, 3, 4),
            Geometry = Geometry.OfGrid(2, 2),
            Budget = TokenBudget.KeepCount(1),
            Signals = new Dictionary<Signal, Tensor> { [Signal.Features] = Tensor.From([1, 1, 0, -1, 2, 0, 3, -3], 4, 2) },
            Compute = compute,
        };
        Assert.Equal([kept], reducer.Reduce(context).Representatives.ToArray());
    }

    [Fact]
    public void FeatureNorm_InAModel_MeetsItsBudget()
    {
        using var compute = new Compute();
        using var model = KnownModels.Load(Repository.Path("models/foveola/model"), compute);
        var plan = new ReductionPlan { Steps = [new PlanStep("feature_norm", FeatureNorm.Descriptor.Create([]), TokenBudget.KeepRatio(0.5))] };
        var request = new GenerationRequest
        {
            Prompt = model.Prompt([ChatMessage.User("What word is on the sign?", 1)]),
            Images = [Image.Load(Repository.Path("models/foveola/demo/demo1.png"))],
            Plan = plan,
        };
        var report = new Generator(model, compute).Generate(request, TestContext.Current.CancellationToken).Report;
        Assert.All(report.VisualTokensPerLayer, tokens => Assert.Equal(72, tokens));
    }

    [Fact]
    public void Guide_ShowsRecipesThatAreInTheFile()
    {
        string recipes = File.ReadAllText(Repository.Path("docs/guides/Recipes.cs"));
        var shown = FencedBlock.Of("docs/guides/add-a-reducer.md").Where(block => block.Language == "csharp").Skip(2).ToList();
        Assert.Equal(7, shown.Count);
        Assert.All(shown, block => Assert.Contains(block.Text.Trim(), recipes));
    }

    public static TheoryData<string> Recipes => new(RecipePlans.Keys.ToArray());

    private static Dictionary<string, Reducer> RecipePlans { get; } = new()
    {
        ["attention"] = new LastAttention(new FastVOptions()),
        ["option"] = new SharpAttention(new SharpAttentionOptions { Power = 3 }),
        ["derived"] = new CentredPriorTr(new PriorTrOptions()),
        ["state"] = new Drift(new FastVOptions { PruneLayer = [2, 4], KeepTokens = [100, 72] }),
        ["two forwards"] = new Surprise(new FastVOptions()),
        ["merging"] = new PairMean(),
    };

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Recipe_InAModel_MeetsItsBudget(string recipe)
    {
        var reducer = RecipePlans[recipe];
        var report = Ask(new ReductionPlan { Steps = [new PlanStep(recipe, reducer, reducer.UsesBudget ? TokenBudget.KeepRatio(0.5) : null)] });
        Assert.Equal(72, report.VisualTokensPerLayer[^1]);
    }

    [Fact]
    public void Router_OfTheGuide_ReducesAtEachOfItsStages()
    {
        string json = FencedBlock.Of("docs/guides/add-a-reducer.md").Single(block => block.Language == "json").Text;
        var report = Ask(PlanFile.Parse(json));
        Assert.Equal(["vispruner", "fastv", "priortr"], report.Stages.Select(stage => stage.Method));
        Assert.Equal([108, 108, 54, 54, 36, 36], report.VisualTokensPerLayer);
        Assert.Single(report.CacheBytesPerLayer.Distinct());
    }

    private static RunReport Ask(ReductionPlan plan)
    {
        using var compute = new Compute();
        using var model = KnownModels.Load(Repository.Path("models/foveola/model"), compute);
        return new Generator(model, compute).Generate(new GenerationRequest
        {
            Prompt = model.Prompt([ChatMessage.User("What word is on the sign?", 1)]),
            Images = [Image.Load(Repository.Path("models/foveola/demo/demo1.png"))],
            Plan = plan,
        }).Report;
    }
}
