using Fovea.Generation;
using Fovea.Reduction;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Generation;

/// <summary>Inputs at the edge have the specified result, or an error that names method and layer.</summary>
public sealed class DegenerateReductionTests
{
    private const string Folder = "models/foveola/model";
    private static readonly string[] DecoderMethods = ["priortr", "priortr_2f", "fastv", "sparsevlm", "clse"];

    public static TheoryData<string> Methods => new(DecoderMethods);

    [Theory]
    [MemberData(nameof(Methods))]
    public void KeepTokensOfZero_DropsEveryVisualToken(string method)
    {
        var report = Answer(method, ("keep_tokens", "0"), ("prune_layer", "2"), method == "clse" ? ("schedule", "each") : ("prune_layer", "2"));
        Assert.Equal(0, report.VisualTokensPerLayer[^1]);
        Assert.True(report.VisualTokensPerLayer[1] > 0);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void KeepTokensAboveAll_ChangesNothing(string method) =>
        Assert.True(Answer(method, ("keep_tokens", "100000"), ("prune_layer", "[2]"), method == "clse" ? ("schedule", "each") : ("prune_layer", "[2]")).Map.IsIdentity);

    [Theory]
    [MemberData(nameof(Methods))]
    public void ThresholdThatNothingPasses_KeepsTheBestToken(string method)
    {
        var report = Answer(method, ("score_threshold", "1000000"), ("prune_layer", "2"), method == "sparsevlm" ? ("recycle", "false") : ("prune_layer", "2"));
        Assert.Equal(1, report.VisualTokensPerLayer[^1]);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void LayersOutOfOrder_TakeTheirBudgetsWithThem(string method)
    {
        var report = Answer(method, ("prune_layer", "4;1"), ("keep_tokens", "5;20"), method switch
        {
            "clse" => ("schedule", "each"),
            "sparsevlm" => ("recycle", "false"),
            _ => ("prune_layer", "4;1"),
        });
        Assert.Equal(20, report.VisualTokensPerLayer[1]);
        Assert.Equal(5, report.VisualTokensPerLayer[4]);
    }

    [Theory]
    [InlineData("prune_layer", "0", "prune_layer")]
    [InlineData("prune_layer", "7", "6 layers")]
    [InlineData("keep_tokens", "-1", "keep_tokens")]
    [InlineData("keep_ratio", "1.5", "keep_ratio")]
    [InlineData("keep_ratio", "0.5;0.2", "keep_ratio")]
    [InlineData("query_aggregation", "average", "query_aggregation")]
    [InlineData("null_token", "-1", "null_token")]
    public void OptionOutOfRange_IsRefusedByName(string option, string value, string named)
    {
        var refused = Assert.ThrowsAny<ArgumentException>(() => Answer("priortr", option.StartsWith("keep", StringComparison.Ordinal) ? ("prune_layer", "2") : ("keep_tokens", "5"), (option, value)));
        Assert.Contains(named, refused.Message);
    }

    [Fact]
    public void NullTokenBehindThePrompt_IsRefusedWithMethodAndLayer()
    {
        var refused = Assert.Throws<ReductionException>(() => Answer("priortr", ("keep_tokens", "5"), ("prune_layer", "2"), ("null_token", "5000")));
        Assert.Contains("priortr", refused.Message);
        Assert.Contains("decoder:2", refused.Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(0f)]
    [InlineData(float.NegativeInfinity)]
    public void EqualOrMissingScores_KeepTheFirstTokens(float score)
    {
        var report = Answer(new ReductionPlan { Steps = [new PlanStep("equal", new EqualScores(score), TokenBudget.KeepCount(3))] }, 1);
        Assert.Equal([0, 1, 2], report.Map.Representatives.ToArray());
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void OneVisualTokenLeft_IsLeftAlone(string method)
    {
        var uniform = ReductionPlan.Of("uniform", TokenBudget.KeepCount(1));
        var both = uniform with { Steps = [.. uniform.Steps, .. ReductionPlan.Of(method, TokenBudget.KeepRatio(0.5)).Steps] };
        Assert.Equal(1, Answer(both, 1).Map.Outputs);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void NoVisualTokens_IsLeftAlone(string method) => Assert.Equal(0, Answer(ReductionPlan.Of(method, TokenBudget.KeepRatio(0.5)), 0).VisualTokens);

    [Theory]
    [InlineData(CachePolicy.Keep)]
    [InlineData(CachePolicy.Trim)]
    public void CachePolicy_DecidesWhatEarlierLayersHold(CachePolicy policy)
    {
        var model = TinyModels.Load(Folder);
        var report = Answer(ReductionPlan.Of("fastv", TokenBudget.KeepCount(10), new Dictionary<string, string> { ["prune_layer"] = "3" }) with { Cache = policy }, 1);
        long first = report.CacheBytesPerLayer[0], last = report.CacheBytesPerLayer[^1];
        Assert.Equal(policy == CachePolicy.Trim, first == last);
        Assert.Equal(report.VisualTokens, report.VisualTokensPerLayer[0]);
        Assert.Equal(6, model.LanguageModel.Layers.Count);
    }

    [Fact]
    public void TwoForwards_ReportTheirExtraCost()
    {
        var one = Answer(ReductionPlan.Of("priortr", TokenBudget.KeepCount(10)), 1);
        var two = Answer(ReductionPlan.Of("priortr_2f", TokenBudget.KeepCount(10)), 1);
        Assert.Equal(0, one.SeparateForwardFlops);
        Assert.True(two.SeparateForwardFlops > 0);
        Assert.Equal(one.PrefillFlops, two.PrefillFlops - two.SeparateForwardFlops);
    }

    [Fact]
    public void TwoForwards_OverThePromptCutBehindTheNullToken_KeepWhatOneForwardKeeps()
    {
        var one = Answer("priortr", ("keep_tokens", "20"), ("prune_layer", "3"));
        var two = Answer("priortr_2f", ("keep_tokens", "20"), ("prune_layer", "3"));
        Assert.Equal(one.Map.Representatives.ToArray(), two.Map.Representatives.ToArray());
    }

    [Fact]
    public void TwoForwards_WithAPromptOfTheirOwnOrAChoiceOfLayers_Answer()
    {
        Assert.Equal(20, Answer("priortr_2f", ("keep_tokens", "20"), ("prior_prompt", "Describe the image.")).Map.Outputs);
        var adaptive = Answer("priortr_2f", ("keep_tokens", "20"), ("candidate_layers", "0;2;4"));
        Assert.Equal(20, adaptive.Map.Outputs);
        Assert.Equal(1, adaptive.Stages.Count(stage => stage.After < stage.Before));
    }

    private static RunReport Answer(string method, params (string Name, string Value)[] options)
    {
        var settings = new Dictionary<string, string>();
        foreach (var (name, value) in options)
        {
            settings[name] = value;
        }

        return Answer(ReductionPlan.Of(method, null, settings), 1);
    }

    private static RunReport Answer(ReductionPlan plan, int pictures)
    {
        var model = TinyModels.Load(Folder);
        using var compute = new Compute();
        return new Generator(model, compute).Generate(new GenerationRequest
        {
            Prompt = model.Prompt([ChatMessage.User("What is shown in the image?", pictures)]),
            Images = [.. Enumerable.Range(1, pictures).Select(seed => TinyModels.Picture(120, 90, seed))],
            Plan = plan,
            MaxNewTokens = 2,
            EndTokens = [],
        }).Report;
    }

    private sealed class EqualScores(float score) : ScoringReducer
    {
        public override IReadOnlyList<StageRequest> Stages(ModelShape shape) => [new StageRequest(Stage.Decoder(2))];

        public override void Score(ReductionContext context, Span<float> scores) => scores.Fill(score);
    }
}
