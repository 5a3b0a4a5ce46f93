using Fovea.Generation;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Generation;

/// <summary>Whatever pictures the cache has seen, beside whatever others: answers are the same to the last bit, and what was encoded is not encoded again.</summary>
[Trait("kind", "property")]
public sealed class FeaturesOfEachPictureTests : IDisposable
{
    private const ulong Seed = 3;

    private readonly Compute _compute = new();
    private readonly VisionFeatureCache _cache = new();

    public static TheoryData<string, string> Cases => new MatrixTheoryData<string, string>(
        TinyModels.Folders.Where(folder => folder.Contains("checkpoints", StringComparison.Ordinal)),
        ["none", "random", "fastervlm", "divprune", "fastv", "early and late", "late by attention"]);

    public static TheoryData<string, string> VideoCases => new MatrixTheoryData<string, string>(
        TinyModels.Folders.Where(folder => TinyModels.Load(folder).VideoTokenId is not null), ["none", "fastervlm", "late by attention"]);

    public void Dispose()
    {
        _cache.Dispose();
        _compute.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generate_AboutPicturesInAnyCompany_EncodesOnlyNewOnes(string folder, string method)
    {
        var model = TinyModels.Load(folder);
        var plan = Plan(method);
        bool sameBesideOthers = Slices(model, 1)[0].Rows == Slices(model, 1, 2)[0].Rows;
        Assert.Equal(1, Encoded([1]));
        Assert.Equal(0, Encoded([1]));
        Assert.Equal(sameBesideOthers ? 1 : 2, Encoded([1, 2]));
        Assert.Equal(0, Encoded([2, 1]));
        Assert.Equal(0, Encoded([2, 1]));
        Assert.Equal(1, Encoded([2, 3, 1]));
        Assert.Equal(0, Encoded([3, 3]));
        long all = _cache.Bytes;
        foreach (int quarters in new[] { 3, 2, 1 })
        {
            _cache.Capacity = all * quarters / 4;
            Encoded([1, 2, 3]);
            Encoded([3, 1]);
        }

        int Encoded(int[] pictures) => Check(model, Request(model, plan, [ChatMessage.User("What is it?", pictures.Length)], pictures, []));
    }

    [Theory]
    [MemberData(nameof(VideoCases))]
    public void Generate_AboutPicturesAndVideosInAnyOrder_EncodesOnlyNewOnes(string folder, string method)
    {
        var model = TinyModels.Load(folder);
        var plan = Plan(method);
        bool sameBesideOthers = Slices(model, 1)[0].Rows == Slices(model, 1, 2)[0].Rows;
        Assert.Equal(1, Encoded("v", [], [4]));
        Assert.Equal(1, Encoded("vp", [1], [4]));
        Assert.Equal(0, Encoded("pv", [1], [4]));
        Assert.Equal(sameBesideOthers ? 2 : 3, Encoded("vpvp", [2, 1], [5, 4]));

        int Encoded(string order, int[] pictures, int[] clips)
        {
            var parts = order.Select(item => item == 'v' ? (MessagePart)new VideoPart() : new ImagePart());
            return Check(model, Request(model, plan, [new ChatMessage("user", [.. parts, new TextPart("What is it?")])], pictures, clips));
        }
    }

    [Theory]
    [InlineData("models/foveola/model", "int8")]
    [InlineData("models/foveola/model", "int4")]
    [InlineData("tests/golden/checkpoints/qwen25-vl-tiny", "int8")]
    public void Generate_WithWeightsInFewBits_EncodesOnlyNewOnes(string folder, string format)
    {
        var options = new LoadOptions { Weights = new WeightPolicy { Format = WeightFormat.Parse(format) } };
        using var model = KnownModels.Load(Repository.Path(folder), _compute, options);
        Assert.Equal([1, 1, 0], new int[][] { [1], [1, 2], [2, 1] }.Select(pictures =>
            Check(model, Request(model, ReductionPlan.None, [ChatMessage.User("What is it?", pictures.Length)], pictures, []))));
    }

    private static IReadOnlyList<PictureSlice> Slices(MultimodalModel model, params int[] pictures)
    {
        using var input = model.Prepare([.. pictures.Select(seed => VisualItem.Of(TinyModels.Picture(80, 70, seed)))]);
        return input.Pictures;
    }

    private int Check(MultimodalModel model, GenerationRequest request)
    {
        var alone = new LogitsObserver();
        var expected = new Generator(model, _compute, alone).Generate(request);
        var cached = new LogitsObserver();
        var found = new Generator(model, _compute, cached, _cache).Generate(request);
        Assert.Equal(alone.Steps.Select(step => step[0]), cached.Steps.Select(step => step[0]));
        Assert.Equal(expected.Report.Map.Representatives.ToArray(), found.Report.Map.Representatives.ToArray());
        Assert.Equal(expected.Report.VisualTokensPerLayer, found.Report.VisualTokensPerLayer);
        Assert.Equal(expected.Report.Stages.Select(stage => (stage.Stage, stage.Before, stage.After)), found.Report.Stages.Select(stage => (stage.Stage, stage.Before, stage.After)));
        Assert.Equal(request.Images.Count + request.Videos.Count, found.Report.PicturesEncoded + found.Report.PicturesFromCache);
        return found.Report.PicturesEncoded;
    }

    private static GenerationRequest Request(MultimodalModel model, ReductionPlan plan, IReadOnlyList<ChatMessage> messages, int[] pictures, int[] clips) => new()
    {
        Prompt = model.Prompt(messages),
        Images = [.. pictures.Select(seed => TinyModels.Picture(80, 70, seed))],
        Videos = [.. clips.Select(seed => new VisualItem([TinyModels.Picture(60, 60, seed), TinyModels.Picture(60, 60, seed + 10)], true))],
        Plan = plan,
        MaxNewTokens = 2,
        EndTokens = [],
    };

    private static ReductionPlan Plan(string method) => new() { Seed = Seed, Steps = [.. Steps(method)] };

    private static IEnumerable<PlanStep> Steps(string method) => method switch
    {
        "none" => [],
        "early and late" => [new PlanStep(method, new ByAttention(Stage.AfterProjector, Stage.Decoder(1)), TokenBudget.KeepRatio(0.5))],
        "late by attention" => [.. Steps("random"), new PlanStep(method, new ByAttention(Stage.Decoder(1)), TokenBudget.KeepRatio(0.5))],
        _ => [new PlanStep(method, KnownReducers.Find(method).Create(new Dictionary<string, string>()), TokenBudget.KeepRatio(0.5))],
    };

    /// <summary>Keeps what the encoder attends to most, wherever it acts.</summary>
    private sealed class ByAttention(params Stage[] stages) : ScoringReducer
    {
        public override IReadOnlyList<StageRequest> Stages(ModelShape shape) =>
            [.. stages.Select(stage => new StageRequest(stage, Signal.EncoderAttention(shape.FeatureBlock)))];

        public override void Score(ReductionContext context, Span<float> scores) => HeadMean.Of(context[Signal.EncoderAttention(context.Shape.FeatureBlock)], scores);
    }
}
