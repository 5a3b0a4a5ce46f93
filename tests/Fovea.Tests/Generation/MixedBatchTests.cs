using Fovea.Generation;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Tensors.Ops;
using Fovea.Tests.Reduction;
using Fovea.Text;

namespace Fovea.Tests.Generation;

/// <summary>Requests of one batch have nothing to do with each other, whatever their methods do.</summary>
[Trait("kind", "property")]
public sealed class MixedBatchTests
{
    private const string Folder = "models/foveola/model";

    public static TheoryData<string> Models => new(TinyModels.Folders.ToArray());

    [Theory]
    [MemberData(nameof(Models))]
    public void EightRequests_OfEightMethodsAndBudgets_AnswerAsAlone_ToTheLastBit(string folder)
    {
        var model = TinyModels.Load(folder);
        ReductionPlan[] plans =
        [
            Plan("priortr", TokenBudget.KeepRatio(0.5)),
            Plan("priortr_2f", TokenBudget.KeepCount(9)) with { Cache = CachePolicy.Trim },
            Plan("fastv", TokenBudget.KeepRatio(0.1)),
            Plan("sparsevlm", TokenBudget.KeepRatio(0.4)) with { Cache = CachePolicy.Trim },
            Plan("vispruner", TokenBudget.KeepCount(7)),
            Plan("clse", TokenBudget.KeepRatio(0.3)) with { Positions = PositionPolicy.Renumber },
            Plan("pyramiddrop", TokenBudget.KeepRatio(0.2)),
            ReductionPlan.None,
        ];
        var requests = plans.Index().Select(plan => Request(model, plan.Item, plan.Index + 1)).ToArray();
        using var compute = new Compute();
        var together = new LogitsObserver();
        var results = new Generator(model, compute, together).Generate(requests);
        for (int i = 0; i < requests.Length; i++)
        {
            var alone = new LogitsObserver();
            var result = new Generator(model, compute, alone).Generate(requests[i]);
            Assert.Null(results[i].Failure);
            Assert.Equal(result.Tokens, results[i].Tokens);
            Assert.Equal(alone.Steps[0][0], together.Steps[0][i]);
            Assert.Equal(result.Report.CacheBytesPerLayer, results[i].Report.CacheBytesPerLayer);
        }
    }

    [Theory]
    [InlineData("throws", "test", "decoder:2", "on purpose")]
    [InlineData("longer", "test", "decoder:2", "mapped")]
    [InlineData("shorter input", "test", "decoder:2", "mapped")]
    [InlineData("unknown signal", "test", "decoder:2", "asked for")]
    public void Batch_WhereOneMethodFails_LeavesTheOthersUntouched_AndNamesMethodAndLayer(string fault, params string[] named)
    {
        var model = TinyModels.Load(Folder);
        var broken = TestReducer.Plan(context => Broken(fault, context), new StageRequest(Stage.Decoder(2)));
        GenerationRequest[] requests = [Request(model, Plan("fastv", TokenBudget.KeepRatio(0.5)), 1), Request(model, broken, 2), Request(model, ReductionPlan.None, 3)];
        using var compute = new Compute();
        var together = new LogitsObserver();
        var results = new Generator(model, compute, together).Generate(requests);
        Assert.Equal(FinishReason.Failed, results[1].FinishReason);
        Assert.All(named, name => Assert.Contains(name, results[1].Failure?.Message));
        Assert.Empty(results[1].Tokens);
        foreach (int i in new[] { 0, 2 })
        {
            var alone = new LogitsObserver();
            var result = new Generator(model, compute, alone).Generate(requests[i]);
            Assert.Equal(result.Tokens, results[i].Tokens);
            Assert.Equal(alone.Steps[0][0], together.Steps[0][i]);
        }

        Assert.Throws<ReductionException>(() => new Generator(model, compute).Generate(requests[1]));
    }

    [Fact]
    public void Batch_WhereOneMethodDoesNotFitTheModel_AnswersTheOthers()
    {
        var model = TinyModels.Load(Folder);
        var deep = ReductionPlan.Of("priortr", TokenBudget.KeepCount(4), new Dictionary<string, string> { ["prune_layer"] = "[2, 99]" });
        using var compute = new Compute();
        var results = new Generator(model, compute).Generate([Request(model, deep, 1), Request(model, Plan("priortr", TokenBudget.KeepCount(4)), 2)]);
        Assert.Contains("99", results[0].Failure?.Message);
        Assert.Null(results[1].Failure);
        Assert.Throws<ArgumentException>(() => new Generator(model, compute).Generate(Request(model, deep, 1)));
    }

    [Fact]
    public async Task State_OfOneRequest_IsSeenByItsLaterStages_AndByNobodyElse()
    {
        var model = TinyModels.Load(Folder);
        var seen = new System.Collections.Concurrent.ConcurrentBag<int>();
        object owner = new();
        var plan = TestReducer.Plan(
            context =>
            {
                var notes = context.State.Of<List<int>>(owner);
                notes.Add(context.Stage.Layer);
                if (context.Stage.Layer == 3)
                {
                    seen.Add(notes.Count);
                }

                return TokenMap.Identity(context.Count);
            },
            new StageRequest(Stage.Decoder(1)),
            new StageRequest(Stage.Decoder(3)));
        var runs = Enumerable.Range(0, 4).Select(run => Task.Run(() =>
        {
            using var compute = new Compute();
            var generator = new Generator(model, compute);
            generator.Generate([Request(model, plan, run + 1), Request(model, plan, run + 2)]);
            generator.Generate(Request(model, plan, run + 1));
        }));
        await Task.WhenAll(runs);
        Assert.Equal(12, seen.Count);
        Assert.All(seen, count => Assert.Equal(2, count));
    }

    private static TokenMap Broken(string fault, ReductionContext context) => fault switch
    {
        "throws" => throw new InvalidOperationException("This fails on purpose."),
        "longer" => TokenMap.Merge(context.Count, [.. Enumerable.Range(0, context.Count + 2)], new int[context.Count + 1], [.. Enumerable.Repeat(1f, context.Count + 1)], new int[context.Count + 1]),
        "shorter input" => TokenMap.Identity(context.Count - 1),
        _ => context[Signal.SequenceStates] is null ? TokenMap.Identity(0) : TokenMap.Identity(context.Count),
    };

    private static ReductionPlan Plan(string method, TokenBudget budget) => ReductionPlan.Of(method, budget);

    private static GenerationRequest Request(MultimodalModel model, ReductionPlan plan, int picture) => new()
    {
        Prompt = model.Prompt([ChatMessage.User(picture % 2 == 0 ? "What is shown in the image?" : "Where is it, and why?", 1)]),
        Images = [TinyModels.Picture(90 + (13 * picture), 70 + (29 * picture), picture)],
        Plan = plan,
        MaxNewTokens = 4,
        EndTokens = [],
    };
}
