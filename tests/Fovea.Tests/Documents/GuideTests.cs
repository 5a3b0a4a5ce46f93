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
}
