using Fovea.Generation;
using Fovea.Models;
using Fovea.Reduction;
using Fovea.Reduction.Methods;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Generation;

public sealed class VisionFeatureCacheTests : IDisposable
{
    private const string Folder = "tests/golden/checkpoints/llava15-tiny";

    private readonly MultimodalModel _model = TinyModels.Load(Folder);
    private readonly Compute _compute = new();
    private readonly VisionFeatureCache _cache = new();

    public void Dispose()
    {
        _cache.Dispose();
        _compute.Dispose();
    }

    [Fact]
    public void Generate_OfASecondQuestion_EncodesNothing()
    {
        var first = Ask(ReductionPlan.None, 1).Report;
        var second = Ask(ReductionPlan.None, 1).Report;
        Assert.Equal((1, 0, 0, 1), (first.PicturesEncoded, first.PicturesFromCache, second.PicturesEncoded, second.PicturesFromCache));
        Assert.True(first.EncoderFlops > 0 && second.EncoderFlops == 0 && second.Encoding == TimeSpan.Zero);
        Assert.Equal(first.VisualTokens, second.VisualTokens);
        Assert.Equal(_cache.Bytes, second.FeatureCacheBytes);
        Assert.InRange(_cache.Bytes, first.VisualTokens * _model.LanguageModel.Config.HiddenSize * sizeof(float), long.MaxValue);
    }

    [Fact]
    public void Generate_OfABatchAboutOnePicture_EncodesItOnce()
    {
        var request = Request(ReductionPlan.None, [1]);
        var results = new Generator(_model, _compute, cache: _cache).Generate([request, request, request]);
        Assert.Equal([0, 1, 1], results.Select(result => result.Report.PicturesFromCache));
    }

    [Theory]
    [InlineData("random", "72", "{}", 0, "random", "72", "{}", 1, false)]
    [InlineData("random", "72", "{}", 1, "random", "72", "{}", 1, true)]
    [InlineData("fastervlm", "72", "{}", 0, "fastervlm", "71", "{}", 0, false)]
    [InlineData("fastervlm", "50%", "{}", 0, "fastervlm", "50.001%", "{}", 0, false)]
    [InlineData("fastervlm", "72", "{}", 0, "random", "72", "{}", 0, false)]
    [InlineData("uniform", "9", "{\"mode\":\"grid\"}", 0, "uniform", "9", "{}", 0, false)]
    [InlineData("uniform", "9", "{\"mode\":\"grid\"}", 0, "uniform", "9", "{\"mode\":\"grid\"}", 0, true)]
    [InlineData("fastv", "9", "{}", 0, "fastv", "20", "{\"fastv_k\":3}", 1, true)]
    public void Generate_WithAnotherPlan_ProjectsNothingIfItsPartBeforeTheLanguageModelIsTheSame(
        string method, string keep, string options, ulong seed, string otherMethod, string otherKeep, string otherOptions, ulong otherSeed, bool same)
    {
        _ = Ask(Plan(method, keep, options, seed), 1);
        var report = Ask(Plan(otherMethod, otherKeep, otherOptions, otherSeed), 1).Report;
        Assert.Equal(same, report.EncoderFlops == 0);
        bool looksAtAttention = otherMethod != method;
        Assert.Equal(looksAtAttention ? 1 : 0, report.PicturesEncoded);
    }

    [Fact]
    public void Generate_OfAPlanThatFails_LeavesNothingThatAnotherWouldTake()
    {
        var good = Plan("random", "30", "{}", 0);
        var bad = good with { Steps = [.. good.Steps, .. Plan("fastv", "9", "{\"fastv_k\":99}", 0).Steps] };
        Assert.Throws<ArgumentException>(() => Ask(bad, 1));
        Assert.Equal(30, Ask(good, 1).Report.Map.Outputs);
    }

    [Fact]
    public void Generate_WithMethodsMadeByHand_TakesNoneForAnother()
    {
        Assert.NotEqual(0, Ask(ByHand(), 1).Report.EncoderFlops);
        var plan = ByHand();
        Assert.NotEqual(0, Ask(plan, 1).Report.EncoderFlops);
        Assert.Equal(0, Ask(plan, 1).Report.EncoderFlops);

        static ReductionPlan ByHand() => new() { Steps = [new PlanStep("r", new RandomSelection(new RandomOptions()), TokenBudget.KeepCount(9))] };
    }

    [Theory]
    [InlineData("llava15-tiny")]
    [InlineData("qwen3-vl-tiny")]
    public void Generate_WithAMethodThatGoesOnInTheLanguageModel_KeepsTheFeaturesBeforeIt(string checkpoint)
    {
        var model = TinyModels.Load($"tests/golden/checkpoints/{checkpoint}");
        var request = Request(model, new ReductionPlan { Steps = [new PlanStep("both", new EarlyAndLate(), TokenBudget.KeepRatio(0.5))] }, [1]);
        var alone = new LogitsObserver();
        var expected = new Generator(model, _compute, alone).Generate(request);
        var cached = new LogitsObserver();
        var generator = new Generator(model, _compute, cached, _cache);
        Assert.Equal(1, generator.Generate(request).Report.PicturesEncoded);
        cached.Steps.Clear();
        var report = generator.Generate(request).Report;
        Assert.Equal(0, report.PicturesEncoded);
        Assert.Equal(TimeSpan.Zero, report.Encoding);
        Assert.True(report.EncoderFlops > 0, "the projector still runs");
        Assert.Equal(alone.Steps.Select(step => step[0]), cached.Steps.Select(step => step[0]));
        Assert.Equal(expected.Report.Map.Representatives.ToArray(), report.Map.Representatives.ToArray());
    }

    [Fact]
    public void Capacity_Reached_DropsWhatWasNotUsedForLongest()
    {
        using var tensor = Tensor.Allocate(4, 8);
        var features = new VisualFeatures(tensor, [], []);
        _cache.Capacity = features.BytesOf(4) * 2;
        _cache.Add("1", features, 0, 4);
        _cache.Add("2", features, 0, 4);
        Assert.True(Holds("1"));
        _cache.Add("3", features, 0, 4);
        Assert.Equal((2, true, false, true), (_cache.Count, Holds("1"), Holds("2"), Holds("3")));

        bool Holds(string key) => _cache.Read(key, found => found) is not null;
    }

    [Fact]
    public void Capacity_OfNothing_KeepsNothing()
    {
        _ = Ask(ReductionPlan.None, 1);
        _cache.Capacity = 0;
        Assert.Equal((0, 0L), (_cache.Count, _cache.Bytes));
        _ = Ask(ReductionPlan.None, 1);
        Assert.Equal(1, Ask(ReductionPlan.None, 1).Report.PicturesEncoded);
        Assert.Throws<ArgumentOutOfRangeException>(() => _cache.Capacity = -1);
    }

    [Fact]
    public void PicturesAndFrames_OfTheSamePixels_AreNotTheSame()
    {
        var model = TinyModels.Load("tests/golden/checkpoints/llava-onevision-tiny");
        var picture = TinyModels.Picture(60, 60, 1);
        var generator = new Generator(model, _compute, cache: _cache);
        _ = generator.Generate(new GenerationRequest { Prompt = model.Prompt([ChatMessage.User("What?", 1)]), Images = [picture], MaxNewTokens = 1 });
        var video = generator.Generate(new GenerationRequest { Prompt = model.Prompt([ChatMessage.User("What?", 0, 1)]), Videos = [new VisualItem([picture], true)], MaxNewTokens = 1 });
        Assert.Equal((1, 0), (video.Report.PicturesEncoded, video.Report.PicturesFromCache));
    }

    [Fact]
    public void AddAndRead_FromManyThreads_StayWithinTheBound()
    {
        using var tensor = Tensor.Allocate(4, 8);
        var features = new VisualFeatures(tensor, [], []);
        _cache.Capacity = features.BytesOf(4) * 5;
        Parallel(8, thread =>
        {
            for (int i = 0; i < 500; i++)
            {
                string key = $"{(i * (thread + 1)) % 13}";
                _cache.Add(key, features, 0, 4);
                _ = _cache.Read(key, found => found.Values.AsSpan<float>().ToArray());
            }
        });
        Assert.InRange(_cache.Bytes, 0, _cache.Capacity);
        Assert.Equal(_cache.Count * features.BytesOf(4), _cache.Bytes);
    }

    private static void Parallel(int count, Action<int> work)
    {
        var threads = Enumerable.Range(0, count).Select(index => new Thread(() => work(index))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static ReductionPlan Plan(string method, string keep, string options, ulong seed) => new()
    {
        Steps = [new PlanStep(method, KnownReducers.Find(method).Create((System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(options)!), TokenBudget.Parse(keep))],
        Seed = seed,
    };

    private GenerationResult Ask(ReductionPlan plan, params int[] pictures) => new Generator(_model, _compute, cache: _cache).Generate(Request(plan, pictures));

    private GenerationRequest Request(ReductionPlan plan, int[] pictures) => Request(_model, plan, pictures);

    private static GenerationRequest Request(MultimodalModel model, ReductionPlan plan, int[] pictures) => new()
    {
        Prompt = model.Prompt([ChatMessage.User("What is it?", pictures.Length)]),
        Images = [.. pictures.Select(seed => TinyModels.Picture(80, 70, seed))],
        Plan = plan,
        MaxNewTokens = 2,
        EndTokens = [],
    };

    /// <summary>Halves the tokens before the projector and again in the language model, where it needs what it noted before.</summary>
    private sealed class EarlyAndLate : Reducer
    {
        public override IReadOnlyList<StageRequest> Stages(ModelShape shape) =>
            [new StageRequest(Stage.BeforeProjector, Signal.Features, Signal.EncoderAttention(shape.FeatureBlock)), new StageRequest(Stage.Decoder(1), Signal.Features)];

        public override TokenMap Reduce(ReductionContext context)
        {
            var notes = context.State.Of<List<int>>(this);
            if (context.Stage == Stage.Decoder(1) && notes.Count == 0)
            {
                throw new InvalidOperationException("What was noted is gone.");
            }

            notes.Add(context.Geometry.Count);
            return TokenMap.Keep(context.Geometry.Count, [.. Enumerable.Range(0, context.Budget.Of(context.Geometry.Count))]);
        }
    }
}
