using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Models.InternVl;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Models.InternVl;

public sealed class InternVlModelTests
{
    private const string Original = "tests/golden/checkpoints/internvl25-orig-tiny";
    private const string HuggingFace = "tests/golden/checkpoints/internvl3-tiny";

    public static TheoryData<string> Both => new(Original, HuggingFace);

    [Theory]
    [InlineData("layer_norm", false, true, 36, -1)]
    [InlineData("rms_norm", true, false, 36, -1)]
    [InlineData("layer_norm", true, true, 48, -2)]
    [InlineData("rms_norm", false, true, 24, 1)]
    [Trait("kind", "reference")]
    public void Features_OfEveryKindOfEncoder_EqualTheSlowLoop(string norm, bool queryKeyNorm, bool bias, int side, int layer)
    {
        Dictionary<string, Tensor> stored = [];
        JsonObject keys = [];
        using var copy = new CheckpointCopy(Original, weights => stored = Change(weights, norm, queryKeyNorm, bias).ToDictionary(pair => pair.Key, pair => Own(pair.Value)), config =>
        {
            config["force_image_size"] = side;
            config["select_layer"] = layer;
            var vision = config["vision_config"]!.AsObject();
            (vision["norm_type"], vision["qk_normalization"], vision["qkv_bias"]) = (norm, queryKeyNorm, bias);
            keys = config.DeepClone().AsObject();
        });
        using var compute = new Compute();
        using var model = KnownModels.Load(copy.Folder, compute);
        using var input = model.Prepare([VisualItem.Of(TinyModels.Picture(30, 30, 3))]);
        var state = Run(model, compute, input);
        int blocks = model.FeatureLayers[0];
        double[][] slow = new SlowInternVit(stored, keys).Run(input.Pixels.Row<float>(0).ToArray(), side, blocks);
        var fast = state.HiddenStates[blocks];
        Assert.Equal((slow.Length, slow[0].Length), (fast.Rows, fast.RowLength));
        double scale = slow.Max(row => row.Max(Math.Abs));
        for (int row = 0; row < slow.Length; row++)
        {
            Assert.All(slow[row].Zip(fast.Row<float>(row).ToArray()), pair => Assert.Equal(pair.First, pair.Second, 2e-5 * scale));
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Features_OfVersion1_AreThoseOfVersion2AtOtherPlaces()
    {
        using var compute = new Compute();
        using var first = Load(Original, compute, """{"ps_version": "v1"}""");
        var second = TinyModels.Load(Original);
        var picture = VisualItem.Of(TinyModels.Picture(80, 40, 3));
        using var a = first.Prepare([picture]);
        using var b = second.Prepare([picture]);
        Tensor fromFirst = first.Features(compute, Run(first, compute, a)), fromSecond = second.Features(compute, Run(second, compute, b));
        var places = Enumerable.Range(0, b.Geometry.Count).ToDictionary(token => (b.Geometry[token].Grid, b.Geometry[token].Row, b.Geometry[token].Column));
        Assert.False(a.Geometry[1] == b.Geometry[1]);
        for (int token = 0; token < a.Geometry.Count; token++)
        {
            var place = a.Geometry[token];
            Assert.Equal(fromSecond.Row<float>(places[(place.Grid, place.Row, place.Column)]).ToArray(), fromFirst.Row<float>(token).ToArray());
        }
    }

    [Fact]
    [Trait("kind", "property")]
    public void Load_OfTheHuggingFaceLayoutAsOriginal_GivesTheSameModel()
    {
        using var copy = new CheckpointCopy(HuggingFace, LayoutConversion.ToOriginal, LayoutConversion.ToOriginal);
        using var compute = new Compute();
        // The files of the Hugging Face layout name the fast processor, which the original has not.
        using var original = InternVlModel.Load(CheckpointFolder.Open(copy.Folder, new LoadOptions { Processing = ProcessorVariant.Slow }), compute, null, CancellationToken.None);
        using var huggingFace = InternVlModel.Load(CheckpointFolder.Open(Repository.Path(HuggingFace), new LoadOptions { Processing = ProcessorVariant.Slow }), compute, null, CancellationToken.None);
        float[] expected = FirstLogits(huggingFace, compute, "Look: <IMG_CONTEXT> and <IMG_CONTEXT>");
        Assert.Equal(expected, FirstLogits(original, compute, "Look: <image> and <image>"));
    }

    [Fact]
    [Trait("kind", "property")]
    public void Load_OfInternLm2WithBiasesAsLlama_GivesTheSameModel()
    {
        using var compute = new Compute();
        using var fused = new CheckpointCopy(Original, weights => AddBiases(weights), config => config["llm_config"]!["bias"] = true);
        using var split = new CheckpointCopy(
            Original,
            weights =>
            {
                AddBiases(weights);
                LayoutConversion.ToLlama(weights, 4, 2);
            },
            config =>
            {
                config["llm_config"]!["architectures"] = new JsonArray("LlamaForCausalLM");
                config["llm_config"]!["attention_bias"] = true;
            });
        using var internLm = KnownModels.Load(fused.Folder, compute);
        using var llama = KnownModels.Load(split.Folder, compute);
        float[] logits = FirstLogits(internLm, compute, "Look: <image> and <image>");
        Assert.NotEqual(FirstLogits(TinyModels.Load(Original), compute, "Look: <image> and <image>"), logits);
        Assert.Equal(logits, FirstLogits(llama, compute, "Look: <image> and <image>"));
    }

    [Theory]
    [MemberData(nameof(Both))]
    [Trait("kind", "property")]
    public void Prepare_OfATiledPicture_LaysTheTilesOverItAndMarksTheThumbnail(string folder)
    {
        using var input = TinyModels.Load(folder).Prepare([VisualItem.Of(TinyModels.Picture(120, 80, 1)), VisualItem.Of(TinyModels.Picture(30, 30, 2))]);
        var grids = input.Geometry.Grids;
        Assert.Equal(8, grids.Count);
        Assert.Equal([false, false, false, false, false, false, true, false], grids.Select(grid => grid.IsThumbnail));
        Assert.Equal(new PictureArea(1.0 / 3, 0.5, 1.0 / 3, 0.5), grids[4].Area);
        Assert.Equal(PictureArea.Whole, grids[6].Area);
        Assert.Equal(1, grids.Take(6).Sum(grid => grid.Area.Width * grid.Area.Height), 1e-9);
        Assert.Equal(1, grids[7].Image);
        Assert.Equal(Enumerable.Range(0, 8 * 36).Select(token => (token / 36, token % 36 / 6, token % 6)), Enumerable.Range(0, 8 * 36).Select(token =>
            (input.Geometry[token].Tile, input.Geometry[token].Row, input.Geometry[token].Column)));
    }

    [Theory]
    [MemberData(nameof(Both))]
    [Trait("kind", "property")]
    public void Expand_OfPicturesAndVideos_EqualsTokenisingTheExpandedText(string folder)
    {
        var model = TinyModels.Load(folder);
        string image = folder == Original ? "<image>" : "<IMG_CONTEXT>";
        string prompt = $"<|im_start|>user\nSee {image} then<video>\n and {image}x<video>?<|im_end|>\n";
        VisualItem Video(int frames) => new([.. Enumerable.Range(0, frames).Select(seed => TinyModels.Picture(40, 30, seed))], true);
        var picture = VisualItem.Of(TinyModels.Picture(30, 30, 1));
        static string Shown(int count) => $"<img>{string.Concat(Enumerable.Repeat("<IMG_CONTEXT>", count))}</img>";
        string Frames(int count) => string.Join('\n', Enumerable.Range(1, count).Select(frame => $"Frame{frame}: {Shown(4)}"));
        string expected = $"<|im_start|>user\nSee {Shown(5)} then{Frames(3)}\n and {Shown(2)}x{Frames(1)}?<|im_end|>\n";
        Assert.Equal(model.Tokenizer.EncodePrompt(expected), model.Expand(model.Encode(prompt), [picture, Video(3), picture, Video(1)], [5, 12, 2, 4]));
    }

    [Theory]
    [MemberData(nameof(Both))]
    [Trait("kind", "property")]
    public void Generate_OfAPictureAndAVideo_AnswersInAnyOrder(string folder)
    {
        var model = TinyModels.Load(folder);
        using var compute = new Compute();
        var video = new VisualItem([.. Enumerable.Range(0, 2).Select(seed => TinyModels.Picture(40, 30, seed))], true);
        string image = folder == Original ? "<image>" : "<IMG_CONTEXT>";
        var request = new GenerationRequest { Prompt = $"<video> {image}", Images = [TinyModels.Picture(80, 40, 5)], Videos = [video], MaxNewTokens = 2, EndTokens = [] };
        var report = new Generator(model, compute).Generate(request).Report;
        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 0), (1, 0)], report.Geometry.Grids.Select(grid => (grid.Image, grid.Frame)));
        Assert.Equal(5 * 36, report.VisualTokens);
    }

    [Fact]
    [Trait("kind", "property")]
    public void Prompt_OfTheOriginalLayout_FollowsTheTemplateKey()
    {
        using var compute = new Compute();
        using var model = Load(Original, compute, """{"template": "Hermes-2"}""");
        string prompt = model.Prompt([ChatMessage.User("What?", 2), ChatMessage.Assistant("A fox."), ChatMessage.User("Why?")]);
        Assert.StartsWith("<|im_start|>system\n你是由上海人工智能实验室联合商汤科技", prompt, StringComparison.Ordinal);
        Assert.EndsWith("<|im_start|>user\n<image>\n<image>\nWhat?<|im_end|><|im_start|>assistant\nA fox.<|im_end|><|im_start|>user\nWhy?<|im_end|><|im_start|>assistant\n", prompt, StringComparison.Ordinal);
        Assert.Equal([model.Tokenizer.IdOf("<|im_end|>")!.Value], model.EndTokens);
        Assert.Equal(["<|im_end|>"], model.StopTexts);
        Assert.Empty(TinyModels.Load(HuggingFace).StopTexts);
    }

    [Fact]
    [Trait("kind", "property")]
    public void Load_WithFewerTilesAllowed_CutsFewer()
    {
        using var compute = new Compute();
        using var model = Load(Original, compute, """{"max_dynamic_patch": 2, "use_thumbnail": false}""");
        using var input = model.Prepare([VisualItem.Of(TinyModels.Picture(120, 40, 1))]);
        Assert.Equal(2, input.Geometry.Grids.Count);
    }

    [Theory]
    [InlineData(Original, """{"template": "phi5-chat"}""", "template", "internvl2_5")]
    [InlineData(Original, """{"template": null}""", "template", "missing")]
    [InlineData(Original, """{"template": "phi3-chat"}""", "<|end|>", "tokenizer")]
    [InlineData(Original, """{"llm_config": {"architectures": ["Phi3ForCausalLM"]}}""", "architectures", "Phi3ForCausalLM")]
    [InlineData(Original, """{"ps_version": "v3"}""", "ps_version", "v3")]
    [InlineData(Original, """{"select_layer": -5}""", "select_layer", "-5")]
    [InlineData(Original, """{"downsample_ratio": 0.3}""", "downsample_ratio", "12")]
    [InlineData(Original, """{"downsample_ratio": 0.2}""", "downsample_ratio", "12")]
    [InlineData(Original, """{"vision_config": {"norm_type": "batch_norm"}}""", "norm_type", "batch_norm")]
    [InlineData(Original, """{"vision_config": {"image_size": 48}}""", "position_embedding", "257")]
    [InlineData(HuggingFace, """{"vision_config": {"image_size": [36, 48]}}""", "image_size", "48")]
    [InlineData(HuggingFace, """{"vision_feature_select_strategy": "full"}""", "vision_feature_select_strategy", "full")]
    [InlineData(HuggingFace, """{"vision_feature_layer": 9}""", "vision_feature_layer", "9")]
    [InlineData(HuggingFace, """{"vision_config": {"use_mean_pooling": false}}""", "vision_tower.layernorm.weight", "24")]
    [InlineData(HuggingFace, """{"vision_config": {"use_qk_norm": true}}""", "attention.q_norm.weight", "24")]
    [Trait("kind", "property")]
    public void Load_OfAContradictoryConfig_NamesKeyAndValue(string folder, string overrides, string key, string value)
    {
        using var compute = new Compute();
        string message = Assert.Throws<InvalidDataException>(() => Load(folder, compute, overrides).Dispose()).Message;
        Assert.Contains(key, message, StringComparison.Ordinal);
        Assert.Contains(value, message, StringComparison.Ordinal);
    }

    private static MultimodalModel Load(string folder, Compute compute, string overrides) =>
        KnownModels.Load(Repository.Path(folder), compute, new LoadOptions { Overrides = JsonNode.Parse(overrides)!.AsObject() });

    private static VisionState Run(MultimodalModel model, Compute compute, VisualInput input)
    {
        var state = model.Vision.Embed(compute, input);
        for (int block = 0; block < model.FeatureLayers[0]; block++)
        {
            model.Vision.Attend(compute, block, state, capture: false);
            model.Vision.FeedForward(compute, block, state);
        }

        state.HiddenStates[model.FeatureLayers[0]] = state.States;
        return state;
    }

    private static Dictionary<string, Tensor> Change(Dictionary<string, Tensor> weights, string norm, bool queryKeyNorm, bool bias)
    {
        var random = new SplitMix64(5);
        foreach (string name in weights.Keys.Where(name => name.StartsWith("vision_model.encoder", StringComparison.Ordinal)).ToList())
        {
            bool drop = (norm == "rms_norm" && name.Contains(".norm", StringComparison.Ordinal) && name.EndsWith(".bias", StringComparison.Ordinal))
                || (!bias && name.EndsWith(".qkv.bias", StringComparison.Ordinal));
            if (drop)
            {
                weights.Remove(name);
            }
            else if (queryKeyNorm && name.EndsWith(".qkv.weight", StringComparison.Ordinal))
            {
                int width = weights[name].RowLength;
                foreach (string part in (string[])["q_norm", "k_norm"])
                {
                    weights[name.Replace("qkv", part, StringComparison.Ordinal)] = Random(ref random, width, 0.5f);
                }
            }
        }

        return weights;
    }

    private static void AddBiases(Dictionary<string, Tensor> weights)
    {
        var random = new SplitMix64(9);
        foreach (string name in weights.Keys.Where(name => name.EndsWith(".wqkv.weight", StringComparison.Ordinal) || name.EndsWith(".wo.weight", StringComparison.Ordinal)).ToList())
        {
            weights[Path.ChangeExtension(name, "bias")] = Random(ref random, weights[name].Rows, -0.5f);
        }
    }

    private static Tensor Random(ref SplitMix64 random, int count, float least)
    {
        var values = Tensor.Allocate(count);
        foreach (ref float value in values.AsSpan<float>())
        {
            value = least + (float)random.NextDouble();
        }

        return values;
    }

    private static Tensor Own(Tensor tensor) => Tensor.From(tensor.AsSpan<float>(), tensor.Shape.ToArray());

    private static float[] FirstLogits(MultimodalModel model, Compute compute, string prompt)
    {
        var observer = new LogitsObserver();
        new Generator(model, compute, observer).Generate(new GenerationRequest
        {
            Prompt = $"<|im_start|>user\n{prompt}?<|im_end|>\n<|im_start|>assistant\n",
            Images = [TinyModels.Picture(50, 40, 1), TinyModels.Picture(90, 30, 2)],
            MaxNewTokens = 1,
            EndTokens = [],
        });
        return observer.Steps[0][0];
    }
}
