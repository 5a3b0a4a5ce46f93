using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Models.Llava;
using Fovea.Models.Quecc;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Models.Quecc;

[Trait("kind", "end-to-end")]
public sealed class QueccModelTests : IDisposable
{
    private const string Tiny = "tests/golden/checkpoints/quecc-tiny";
    private const string Tower = "tests/golden/checkpoints/quecc-tiny-clip";
    private const string Type = "mm_vision_token_compression_type";
    private const string Kernel = "mm_vision_token_compression_kernel_size";

    private readonly Compute _compute = new();

    public void Dispose() => _compute.Dispose();

    [Fact]
    public void Generate_OtherQuestion_GivesOtherVisualTokens()
    {
        var first = VisualTokens("What is this?");
        Assert.Equal(16 * 40, first.Length);
        Assert.Equal(first, VisualTokens("What is this?"));
        Assert.NotEqual(first, VisualTokens("Where is the cat?"));
    }

    [Fact]
    public void Generate_WithAFeatureCache_TellsQuestionsApart()
    {
        var model = TinyModels.Load(Tiny);
        using var cache = new VisionFeatureCache();
        var generator = new Generator(model, _compute, null, cache);
        bool Hit(string question) => generator.Generate(Request(model, question)).Report.PicturesEncoded == 0;
        Assert.False(Hit("What is this?"));
        Assert.False(Hit("Where is it?"));
        Assert.True(Hit("What is this?"));
    }

    [Fact]
    public void Generate_SecondTurnAboutANewPicture_EqualsAFreshPrompt()
    {
        var model = TinyModels.Load(Tiny);
        Image[] pictures = [TinyModels.Picture(50, 40, 1), TinyModels.Picture(40, 60, 2)];
        string prompt = model.Prompt([
            ChatMessage.User("What is this?", 1), new ChatMessage("assistant", [new TextPart("A cat.")]), ChatMessage.User("And this one?", 1)]);
        var request = new GenerationRequest { Prompt = prompt, Images = pictures, MaxNewTokens = 4 };
        var generator = new Generator(model, _compute);
        using var sequence = new Sequence(model.LanguageModel.NewCache());
        generator.Generate(Request(model, "What is this?") with { Images = [pictures[0]], Sequence = sequence });
        Assert.Equal(generator.Generate(request).Tokens, generator.Generate(request with { Sequence = sequence }).Tokens);
    }

    [Fact]
    public void Generate_CountsTheCompressorAndTheQuestion()
    {
        var model = TinyModels.Load(Tiny);
        var generator = new Generator(model, _compute);
        var (two, many) = (generator.Generate(Request(model, "Why?")).Report, generator.Generate(Request(model, "Why is the cat on the red mat?")).Report);
        Assert.Equal(two.EncoderFlops, many.EncoderFlops);
        Assert.True(many.PrefillFlops > two.PrefillFlops);
    }

    [Fact]
    public void Load_NullCompression_IsPlainLlava()
    {
        using var copy = new CheckpointCopy(
            Tiny,
            weights =>
            {
                foreach (string name in weights.Keys.Where(name => name.StartsWith("model.mm_projector.", StringComparison.Ordinal)).ToList())
                {
                    weights.Remove(name, out var tensor);
                    weights[name.Replace("projector.1.", "projector.0.", StringComparison.Ordinal).Replace("projector.3.", "projector.2.", StringComparison.Ordinal)] = tensor!;
                    if (name.StartsWith("model.mm_projector.0.", StringComparison.Ordinal))
                    {
                        weights.Remove(name);
                    }
                }
            },
            keys =>
            {
                keys[Type] = null;
                keys["mm_vision_tower"] = Repository.Path(Tower);
            });
        using var model = KnownModels.Load(copy.Folder, _compute);
        Assert.IsType<OriginalLlavaModel>(model);
        Assert.Equal(144, new Generator(model, _compute).Generate(Request(model, "What?")).Report.VisualTokens);
    }

    [Theory]
    [InlineData(Type, "packer", Type)]
    [InlineData(Kernel, 5, "windows")]
    [InlineData(Kernel, 2, "q_downsample")]
    [InlineData(Kernel, null, Kernel)]
    [InlineData("mm_vision_output_token_count", 576, "144")]
    [InlineData("mm_vision_output_text_embedding_size", 64, "40")]
    [InlineData("mm_vision_select_feature", "cls_patch", "class tokens")]
    [InlineData("image_aspect_ratio", "anyres", "tiles")]
    [InlineData("mm_projector_type", "identity", "identity")]
    public void Load_KeyThatDoesNotFit_IsNamed(string key, object? value, string named)
    {
        var overrides = new JsonObject { [key] = value is null ? null : JsonValue.Create(value) };
        if (key == Kernel && value is 5 or 2)
        {
            overrides["mm_vision_token_compression_stride"] = (int)value == 5 ? 1 : 3;
        }

        var error = Assert.Throws<InvalidDataException>(() => KnownModels.Load(Repository.Path(Tiny), _compute, new LoadOptions { Overrides = overrides }));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ProjectorAlone_TakesTheLanguageModelThatItNames()
    {
        var overrides = new JsonObject { ["_name_or_path"] = "quecc-tiny" };
        string stage1 = Repository.Path("tests/golden/checkpoints/quecc-tiny-stage1");
        using var model = KnownModels.Load(stage1, _compute, new LoadOptions { Overrides = overrides });
        Assert.IsType<QueccModel>(model);
        var result = new Generator(model, _compute).Generate(Request(model, "What is this?"));
        Assert.Equal(16, result.Report.VisualTokens);
        Assert.NotEqual(VisualTokens("What is this?"), VisualTokens("What is this?", model));
        Assert.Contains("base-llm", Assert.Throws<DirectoryNotFoundException>(() => KnownModels.Load(stage1, _compute)).Message, StringComparison.Ordinal);
    }

    private float[] VisualTokens(string question, MultimodalModel? other = null)
    {
        var model = other ?? TinyModels.Load(Tiny);
        var seen = new TokenObserver();
        new Generator(model, _compute, seen).Generate(Request(model, question));
        return seen.Tokens;
    }

    private static GenerationRequest Request(MultimodalModel model, string question) =>
        new() { Prompt = model.Prompt([ChatMessage.User(question, 1)]), Images = [TinyModels.Picture(50, 40, 1)], MaxNewTokens = 2 };

    private sealed class TokenObserver : ForwardObserver
    {
        public float[] Tokens { get; private set; } = [];

        public override void OnVisualTokens(Tensor tokens) => Tokens = tokens.AsSpan<float>().ToArray();
    }
}
