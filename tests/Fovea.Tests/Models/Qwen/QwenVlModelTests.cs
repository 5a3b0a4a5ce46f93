using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Models;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Models.Qwen;

public sealed class QwenVlModelTests
{
    private const string Question = "What is in the image?";

    [Theory]
    [InlineData("Video: ")]
    [InlineData("x <")]
    [InlineData("")]
    [InlineData("a\n\n")]
    [InlineData("Né<")]
    [Trait("kind", "property")]
    public void Expand_OfAQwen3Video_EqualsTokenisingTheExpandedText(string before)
    {
        var model = TinyModels.Load(Folder("qwen3-vl-tiny"));
        var video = new VisualItem([.. Enumerable.Range(0, 3).Select(seed => TinyModels.Picture(24, 30, seed))], true) { FrameTimes = [0, 0.5, 0.75] };
        string start = "<|im_start|>user\n" + before;
        int[] ids = model.Tokenizer.Encode(start + "<|vision_start|><|video_pad|><|vision_end|>Yes", addSpecialTokens: false);
        string Frame(string time) => $"<{time} seconds><|vision_start|><|video_pad|><|video_pad|><|vision_end|>";
        int[] expected = model.Tokenizer.Encode(start + Frame("0.2") + Frame("0.8") + "Yes", addSpecialTokens: false);
        Assert.Equal(expected, model.Expand(ids, [video], [4]));
    }

    [Theory]
    [InlineData(4.0, false, new[] { 0, 1, 2 })]
    [InlineData(4.0, true, new[] { 0, 0, 0 })]
    [InlineData(2.0, true, new[] { 0, 2, 4 })]
    [InlineData(null, false, new[] { 0, 2, 4 })]
    [Trait("kind", "property")]
    public void Prepare_OfAQwen25Video_SpreadsFramesOverTime(double? framesPerSecond, bool truncated, int[] times)
    {
        using var compute = new Compute();
        var overrides = new JsonObject { ["truncate_second_per_grid"] = truncated };
        using var model = KnownModels.Load(Repository.Path(Folder("qwen25-vl-tiny")), compute, new LoadOptions { Overrides = overrides });
        var video = new VisualItem([.. Enumerable.Range(0, 5).Select(seed => TinyModels.Picture(24, 30, seed))], true, framesPerSecond);
        using var input = model.Prepare([video]);
        Assert.Equal(times, input.Geometry.Grids.Select(grid => grid.Time));
    }

    [Fact]
    [Trait("kind", "property")]
    public void Positions_OfAPicture_GoOnBehindItsLargestCoordinate()
    {
        var model = TinyModels.Load(Folder("qwen2-vl-tiny"));
        var geometry = Geometry.OfGrid(2, 3);
        int[] ids = [1, .. Enumerable.Repeat(model.ImageTokenId, 6), 2];
        var positions = model.Positions(ids, geometry, 10);
        Assert.Equal(TokenPosition.At(10), positions[0]);
        Assert.Equal(new TokenPosition(11, 12, 13), positions[6]);
        Assert.Equal(TokenPosition.At(14), positions[7]);
    }

    [Fact]
    [Trait("kind", "property")]
    public void Attend_OfAWindowedBlock_RefusesToCapture()
    {
        var model = TinyModels.Load(Folder("qwen25-vl-tiny"));
        using var compute = new Compute();
        using var input = model.Prepare([VisualItem.Of(TinyModels.Picture(40, 30, 1))]);
        var state = model.Vision.Embed(compute, input);
        Assert.False(model.Vision.CanCapture(0));
        Assert.Throws<NotSupportedException>(() => model.Vision.Attend(compute, 0, state, capture: true));
        using var captured = model.Vision.Attend(compute, 1, state, capture: true);
        Assert.NotNull(captured);
        Assert.Equal(1, captured.Row<float>(0).ToArray().Sum(), 1e-4);
    }

    [Fact]
    [Trait("kind", "property")]
    public void Load_OfTheNestedLayoutUnderNewNames_GivesTheSameModel()
    {
        using var compute = new Compute();
        using var copy = new CheckpointCopy(Folder("qwen2-vl-tiny"), Rename, Nest);
        using var nested = KnownModels.Load(copy.Folder, compute);
        Assert.Equal(FirstLogits(TinyModels.Load(Folder("qwen2-vl-tiny")), compute), FirstLogits(nested, compute));
    }

    [Theory]
    [InlineData("qwen2-vl-tiny", """{"rope_scaling": {"type": "mrope", "mrope_section": [1, 2, 4]}}""", "mrope_section")]
    [InlineData("qwen2-vl-tiny", """{"rope_scaling": null}""", "mrope_section")]
    [InlineData("qwen2-vl-tiny", """{"vision_config": {"num_heads": 5}}""", "num_heads")]
    [InlineData("qwen2-vl-tiny", """{"vision_config": {"hidden_size": 40}}""", "hidden_size")]
    [InlineData("qwen2-vl-tiny", """{"vision_config": {"patch_size": 4}}""", "patch")]
    [InlineData("qwen25-vl-tiny", """{"vision_config": {"window_size": 5}}""", "window_size")]
    [InlineData("qwen3-vl-tiny", """{"vision_config": {"deepstack_visual_indexes": [1, 9]}}""", "deepstack_visual_indexes")]
    [InlineData("qwen3-vl-moe-tiny", """{"text_config": {"num_experts_per_tok": 6}}""", "num_experts_per_tok")]
    [Trait("kind", "property")]
    public void Load_OfAContradictoryConfig_NamesTheKey(string checkpoint, string overrides, string key)
    {
        using var compute = new Compute();
        var exception = Assert.Throws<InvalidDataException>(() => KnownModels.Load(Repository.Path(Folder(checkpoint)), compute, new LoadOptions { Overrides = JsonNode.Parse(overrides)!.AsObject() }));
        Assert.Contains(key, exception.Message, StringComparison.Ordinal);
    }

    private static string Folder(string checkpoint) => "tests/golden/checkpoints/" + checkpoint;

    private static float[] FirstLogits(MultimodalModel model, Compute compute)
    {
        var observer = new LogitsObserver();
        new Generator(model, compute, observer).Generate(Request(model, [ChatMessage.User(Question, 1)], null, 1));
        return observer.Steps[0][0];
    }

    private static GenerationRequest Request(MultimodalModel model, IReadOnlyList<ChatMessage> messages, Sequence? sequence, params int[] pictures) => new()
    {
        Prompt = model.Prompt(messages),
        Images = [.. pictures.Select(seed => TinyModels.Picture(50 + (9 * seed), 40 + (5 * seed), seed))],
        MaxNewTokens = 3,
        EndTokens = [],
        Sequence = sequence,
    };

    private static void Rename(Dictionary<string, Tensor> weights)
    {
        foreach (var (name, tensor) in weights.ToList())
        {
            weights.Remove(name);
            weights[name.StartsWith("visual.", StringComparison.Ordinal) ? "model." + name : name.Replace("model.", "model.language_model.", StringComparison.Ordinal)] = tensor;
        }
    }

    /// <summary>Moves the language model's keys under text_config, as newer library versions write them.</summary>
    private static void Nest(JsonObject config)
    {
        string[] outer = ["architectures", "model_type", "vision_config", "image_token_id", "video_token_id", "vision_start_token_id", "vision_end_token_id"];
        var text = new JsonObject { ["model_type"] = "qwen2_vl_text" };
        foreach (var (key, value) in config.ToList().Where(entry => !outer.Contains(entry.Key)))
        {
            text[key] = value?.DeepClone();
            config.Remove(key);
        }

        config["text_config"] = text;
    }
}
