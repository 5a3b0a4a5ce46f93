using Fovea.Reduction;
using Fovea.Reduction.Methods;

namespace Fovea.Tests.Reduction.Methods;

/// <summary>Properties of PriorTR's score, its selection and its configurations that hold whatever the numbers.</summary>
[Trait("kind", "property")]
public sealed class PriorTrTests
{
    [Fact]
    public void Terms_OfNoAttention_AreZero_AndWithoutPriorAreLarge()
    {
        Assert.Equal([0f, 0f], Terms([0, 0], [0, 0]));
        Assert.Equal(0, Terms([0, 1], [0.5f, 0.5f])[0]);
        Assert.Equal(23.0258, Terms([1, 0], [0, 1])[0], 1e-3);
    }

    [Fact]
    public void Terms_DoNotDependOnTheScaleOfEither()
    {
        float[] task = [0.1f, 0.4f, 0.2f], prior = [0.3f, 0.1f, 0.2f];
        float[] scaled = Terms(Array.ConvertAll(task, value => value * 7), Array.ConvertAll(prior, value => value * 0.25f));
        Assert.All(Terms(task, prior).Zip(scaled), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void Terms_OfNaN_AreZero() => Assert.Equal([0f, 0f], Terms([float.NaN, 1], [1, 1]));

    [Fact]
    public void Divergence_IsTheSumOfTheTerms_AndZeroForThePriorItself()
    {
        float[] task = [0.1f, 0.4f, 0.2f], prior = [0.3f, 0.1f, 0.2f];
        Assert.Equal(Terms(task, prior).Sum(), PriorDivergence.Of(task, prior), 1e-5);
        Assert.Equal(0, PriorDivergence.Of(task, task), 1e-9);
    }

    [Theory]
    [InlineData(576, 0.3333, 191)]
    [InlineData(576, 0.1111, 63)]
    [InlineData(100, 0.57, 56)]
    [InlineData(49, 0.003, 1)]
    public void Selection_OfAShare_CutsTheProductTowardsZero(int count, double ratio, int kept) => Assert.Equal(kept, new TokenSelection(null, null, ratio).Count(count));

    [Fact]
    public void Selection_TakesCountBeforeThresholdBeforeShare()
    {
        float[] scores = [0.1f, 0.9f, 0.5f, 0.9f];
        Assert.Equal([1], new TokenSelection(1, 0.2, 1).Select(scores));
        Assert.Equal([1, 3], new TokenSelection(null, 0.5, 1).Select(scores));
        Assert.Equal([1], new TokenSelection(null, 2, 1).Select(scores));
        Assert.Equal([], new TokenSelection(null, null, 0.1, 0).Select(scores));
    }

    [Fact]
    public void Fractions_AreDivided()
    {
        var reducer = PriorTr.Descriptor.Create(new Dictionary<string, string> { ["keep_ratio"] = "1/3;2/9", ["prune_layer"] = "1;2" });
        var scoring = Assert.IsType<PriorTr>(reducer);
        Assert.Equal(192, scoring.SelectionAt(0).Count(576));
        Assert.Equal(128, scoring.SelectionAt(1).Count(576));
    }

    [Theory]
    [InlineData("priortr", "keep_tokens", "many")]
    [InlineData("clse", "retain_ratio", "0")]
    [InlineData("clse", "clse_temp", "0")]
    [InlineData("sparsevlm", "budget", "0")]
    [InlineData("sparsevlm", "rank_scale", "-1")]
    [InlineData("vispruner", "important_ratio", "0")]
    [InlineData("pyramiddrop", "layer_list", "[4, 2]")]
    [InlineData("priortr_2f", "candidate_layers", "-3")]
    public void Option_OutOfRange_IsNamed(string method, string option, string value) =>
        Assert.Contains(option, Assert.ThrowsAny<ArgumentException>(() => KnownReducers.Find(method).Create(new Dictionary<string, string> { [option] = value })).Message);

    [Fact]
    public void Rank_CountsIndependentRows()
    {
        Assert.Equal(2, SparseVlmRaters.Rank([[1, 0, 0], [0, 1, 0], [1, 1, 0]], 1e-3));
        Assert.Equal(0, SparseVlmRaters.Rank([], 1e-3));
    }

    [Fact]
    public void Configuration_WarnsOfWhatHasNoEffect()
    {
        var configuration = PriorTrConfiguration.FromArguments(PriorTrCopy.Llava, ["keep_ratio=0.5", "unheard_of=1"], 32);
        Assert.Contains(configuration.Warnings, warning => warning.Contains("keep_ratio has no effect", StringComparison.Ordinal));
        Assert.Contains(configuration.Warnings, warning => warning.Contains("unheard_of", StringComparison.Ordinal));
        Assert.Contains(PriorTrConfiguration.FromArguments(PriorTrCopy.Qwen3, ["vtr_merge_clusters=3"], 36).Warnings, warning => warning.Contains("merge_clusters", StringComparison.Ordinal));
    }

    private static float[] Terms(float[] task, float[] prior)
    {
        var terms = new float[task.Length];
        PriorDivergence.Terms(task, prior, terms);
        return terms;
    }
}
