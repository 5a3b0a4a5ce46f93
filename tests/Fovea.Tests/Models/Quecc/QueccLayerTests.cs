using Fovea.Models.Quecc;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;

namespace Fovea.Tests.Models.Quecc;

[Trait("kind", "property")]
public sealed class QueccLayerTests : IDisposable
{
    private const int Width = 16;

    private readonly Compute _compute = new();

    public void Dispose() => _compute.Dispose();

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(4, true)]
    public void Forward_OtherText_MattersOnlyWhereAWindowHasSeveralPatches(int kernel, bool matters)
    {
        using var quecc = Make(kernel);
        Assert.Equal(matters, !Run(quecc, text: 1).SequenceEqual(Run(quecc, text: 2)));
    }

    [Fact]
    public void Forward_LevelsPermutedInsideAWindow_GivesTheSameTokens()
    {
        using var quecc = Make(2);
        var plain = Run(quecc, text: 1);
        var swapped = Run(quecc, text: 1, swap: (0, 5));
        Assert.All(plain.Zip(swapped), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.NotEqual(plain, Run(quecc, text: 1, swap: (0, 2)));
    }

    [Fact]
    public void Load_WidthOfTheLevels_ComesFromTheWeight()
    {
        using var quecc = Make(2);
        Assert.Equal(3 * Width, quecc.LevelsWidth);
    }

    private float[] Run(QueccLayer quecc, int text, (int A, int B)? swap = null)
    {
        var mark = _compute.Arena.Top;
        var levels = Filled(3, 16, quecc.LevelsWidth);
        if (swap is var (a, b))
        {
            float[] row = levels.Row<float>(a).ToArray();
            levels.Row<float>(b).CopyTo(levels.Row<float>(a));
            row.CopyTo(levels.Row<float>(b));
        }

        var tokens = quecc.Forward(_compute, levels, Filled(100 + text, 1, 12), Filled(5, 16, Width)).AsSpan<float>().ToArray();
        _compute.Arena.Release(mark);
        return tokens;
    }

    private QueccLayer Make(int kernel)
    {
        const int Levels = 3 * Width, Text = 12;
        var weights = new Dictionary<string, Tensor>(StringComparer.Ordinal)
        {
            ["clip_attn.in_proj_weight"] = Filled(11, 3 * Width, Width),
            ["clip_attn.in_proj_bias"] = Filled(12, 3 * Width),
            ["q_downsample.weight"] = Filled(13, Width, 1, kernel, kernel),
            ["q_downsample.bias"] = Filled(14, Width),
        };
        Layer("clip_attn.out_proj", Width);
        Map("q_proj", Width);
        Map("k_proj", Levels);
        Map("v_proj", Levels);
        Layer("text_projection.0", Text);
        Norm("text_projection.1");
        return QueccLayer.Load(new WeightReader("weights", weights), new QueccConfig(QueccGrid.Of(16, kernel, kernel), Width, Text), _compute);

        void Map(string name, int inputs)
        {
            Layer(name + ".0", inputs);
            Layer(name + ".2", Width);
            Norm(name + ".3");
        }

        void Layer(string name, int inputs) => (weights[name + ".weight"], weights[name + ".bias"]) = (Filled(20 + weights.Count, Width, inputs), Filled(20 + weights.Count, Width));

        void Norm(string name) => (weights[name + ".weight"], weights[name + ".bias"]) = (Filled(50 + weights.Count, Width), Filled(60 + weights.Count, Width));
    }

    private static Tensor Filled(int seed, params int[] extents)
    {
        var random = new Random(seed);
        var tensor = Tensor.Allocate(extents);
        foreach (ref float value in tensor.AsSpan<float>())
        {
            value = random.NextSingle() - 0.5f;
        }

        return tensor;
    }
}
