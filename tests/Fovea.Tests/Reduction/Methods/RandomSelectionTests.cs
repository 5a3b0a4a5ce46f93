using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Reduction.Methods;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Reduction.Methods;

[Trait("kind", "reference")]
public sealed class RandomSelectionTests
{
    [Fact]
    public void Sort_OfTheFirstPictureOfTheEvaluationSet_KeepsWhatTheShippedResultsKept()
    {
        var results = JsonNode.Parse(File.ReadAllText(Repository.Path("models/foveola/reference.json")))!["reductions"]!.AsArray();
        var draws = results.Where(row => (string?)row!["method"] == "random" && row["kept_first_image"] is not null).ToArray();
        Assert.NotEmpty(draws);
        Assert.All(draws, row => Assert.Equal(row!["kept_first_image"]!.AsArray().Select(index => (int)index!), Kept((int)row["tokens"]!)));
    }

    private static IEnumerable<int> Kept(int tokens)
    {
        using var compute = new Compute();
        var reducer = RandomSelection.Descriptor.Create(new Dictionary<string, string> { ["draw"] = "sort" });
        var context = new ReductionContext
        {
            Stage = Stage.BeforeProjector,
            Shape = new ModelShape(4, 3, 4),
            Geometry = Geometry.OfGrid(12, 12),
            Budget = TokenBudget.KeepCount(tokens),
            Signals = new Dictionary<Signal, Tensor>(),
            Compute = compute,
        };
        return reducer.Reduce(context).Representatives.ToArray();
    }
}
