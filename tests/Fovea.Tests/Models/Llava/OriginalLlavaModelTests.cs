using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Models;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Tests.Models.Llava;

/// <summary>The options of LLaVA's own layout that no reference checkpoint in the tree makes use of.</summary>
public sealed class OriginalLlavaModelTests : IDisposable
{
    private const string Square = "tests/golden/checkpoints/llava15-orig-tiny", Tiled = "tests/golden/checkpoints/llava16-orig-tiny";
    private const int Patches = 36;

    private readonly Compute _compute = new();

    public void Dispose() => _compute.Dispose();

    [Theory]
    [InlineData("patch", Patches)]
    [InlineData("cls_patch", Patches + 1)]
    public void Prepare_OfOneTile_KeepsTheClassTokenIfTold(string feature, int tokens)
    {
        using var copy = new CheckpointCopy(Square, null, keys => keys["mm_vision_select_feature"] = feature);
        Assert.Equal(tokens, Tokens(copy, 84, 84));
    }

    // 90 x 40 pixels take the canvas of 96 x 48, which is two tiles wide: 12 x 6 places, of which 5 or 6 rows are no padding.
    [Theory]
    [InlineData("flat", "patch", 3 * Patches)]
    [InlineData("flat", "cls_patch", 3 * (Patches + 1))]
    [InlineData("spatial", "patch", 3 * Patches)]
    [InlineData("spatial_unpad", "patch", Patches + (6 * 13))]
    public void Prepare_OfTiles_MergesThemAsTold(string merge, string feature, int tokens)
    {
        using var copy = new CheckpointCopy(Tiled, null, keys =>
        {
            keys["mm_patch_merge_type"] = merge;
            keys["mm_vision_select_feature"] = feature;
        });
        Assert.Equal(tokens, Tokens(copy, 90, 40));
    }

    [Fact]
    public void Load_OfTilesOnACanvasWithClassTokens_Refuses() =>
        Refused(Tiled, keys => keys["mm_vision_select_feature"] = "cls_patch", "mm_vision_select_feature");

    [Theory]
    [InlineData("mm_projector_type", "\"resampler\"")]
    [InlineData("mm_projector_type", "\"mlp0x_gelu\"")]
    [InlineData("mm_projector_type", "\"mlp999999999999x_gelu\"")]
    [InlineData("mm_patch_merge_type", "\"spatial_maxpool2x2\"")]
    [InlineData("mm_vision_select_feature", "\"all\"")]
    [InlineData("mm_vision_select_layer", "-99")]
    [InlineData("mm_hidden_size", "17")]
    [InlineData("mm_use_im_start_end", "true")]
    [InlineData("image_grid_pinpoints", "[[47, 48]]")]
    [InlineData("image_aspect_ratio", "\"anyres_max_x\"")]
    [InlineData("mm_vision_tower", "7")]
    public void Load_OfAKeyThatCannotBe_NamesIt(string key, string value) => Refused(Tiled, keys => keys[key] = JsonNode.Parse(value), key);

    [Fact]
    public void Load_WithoutTheVisionTower_SaysWhereItBelongs()
    {
        using var copy = new CheckpointCopy(Square, null, keys => keys["mm_vision_tower"] = "somebody/clip-vit-nowhere");
        string message = Assert.Throws<DirectoryNotFoundException>(() => KnownModels.Load(copy.Folder, _compute)).Message;
        Assert.Contains(Path.Combine(Path.GetDirectoryName(copy.Folder)!, "clip-vit-nowhere"), message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfATowerBesideTheCheckpoint_FindsItByTheLastPartOfItsName()
    {
        using var copy = new CheckpointCopy(Square, null, keys => keys["mm_vision_tower"] = "somebody/fovea-beside");
        string beside = Path.Combine(Path.GetDirectoryName(copy.Folder)!, "fovea-beside");
        Directory.Move(Path.Combine(copy.Folder, "clip-vit-tiny"), beside);
        try
        {
            Assert.Equal(Patches, Tokens(copy, 84, 84));
        }
        finally
        {
            Directory.Delete(beside, recursive: true);
        }
    }

    [Fact]
    public void Load_OfATowerWhoseHeadsDoNotDivideItsWidth_NamesTheKey()
    {
        using var copy = new CheckpointCopy(Square);
        string file = Path.Combine(copy.Folder, "clip-vit-tiny", "config.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"num_attention_heads\": 3", "\"num_attention_heads\": 7", StringComparison.Ordinal));
        string message = Assert.Throws<InvalidDataException>(() => KnownModels.Load(copy.Folder, _compute)).Message;
        Assert.Contains("num_attention_heads", message, StringComparison.Ordinal);
        Assert.Contains("24", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linear", 1)]
    [InlineData("mlp1x_gelu", 1)]
    [InlineData("mlp3x_gelu", 3)]
    public void Load_OfAnotherProjector_TakesItsLayers(string type, int layers)
    {
        using var copy = new CheckpointCopy(
            Square,
            weights =>
            {
                foreach (string name in weights.Keys.Where(name => name.StartsWith("model.mm_projector.", StringComparison.Ordinal)).ToList())
                {
                    weights.Remove(name);
                }

                for (int layer = 0; layer < layers; layer++)
                {
                    string name = type == "linear" ? "model.mm_projector." : $"model.mm_projector.{2 * layer}.";
                    weights[name + "weight"] = Tensor.Allocate(40, layer == 0 ? 24 : 40);
                    weights[name + "bias"] = Tensor.Allocate(40);
                }
            },
            keys => keys["mm_projector_type"] = type);
        Assert.Equal(Patches, Tokens(copy, 84, 84));
    }

    [Fact]
    public void Load_WithoutAProjector_NeedsFeaturesOfTheRightWidth() => Refused(Square, keys => keys["mm_projector_type"] = "identity", "width 24");

    [Fact]
    public void Encode_OfTextAroundPictures_TokenisesEachPieceWithOneStart()
    {
        var model = TinyModels.Load(Square);
        int[] ids = model.Encode("USER: <image>\nWhat? <image>");
        int bos = model.Tokenizer.BosId!.Value;
        Assert.Equal([bos], ids.Where(id => id == bos));
        Assert.Equal(2, ids.Count(id => id == -200));
        Assert.Equal([.. model.Tokenizer.Encode("USER: "), -200, .. model.Tokenizer.Encode("\nWhat? ")[1..], -200, .. model.Tokenizer.Encode("")[1..]], ids);
    }

    [Fact]
    public void Generate_BeyondTheTokenizersLength_CutsThePromptBehindThePicture()
    {
        string question = "What is shown in the image, and where is the clock?";
        int whole = PromptTokens(4096, question);
        Assert.Equal(whole - 3, PromptTokens(whole - 3, question));
        Assert.Contains("tokenizer_model_max_length", Assert.Throws<ArgumentException>(() => PromptTokens(Patches, question)).Message, StringComparison.Ordinal);
    }

    private int PromptTokens(int longest, string question)
    {
        using var copy = new CheckpointCopy(Tiled, null, keys => keys["tokenizer_model_max_length"] = longest);
        using var model = KnownModels.Load(copy.Folder, _compute);
        var request = new GenerationRequest { Prompt = model.Prompt([ChatMessage.User(question, 1)]), Images = [TinyModels.Picture(48, 48, 1)], MaxNewTokens = 1 };
        return new Generator(model, _compute).Generate(request).Report.PromptTokens;
    }

    private int Tokens(CheckpointCopy copy, int width, int height)
    {
        using var model = KnownModels.Load(copy.Folder, _compute);
        var request = new GenerationRequest { Prompt = model.Prompt([ChatMessage.User("What?", 1)]), Images = [TinyModels.Picture(width, height, 1)], MaxNewTokens = 1 };
        return new Generator(model, _compute).Generate(request).Report.VisualTokens;
    }

    private void Refused(string folder, Action<JsonObject> config, string part)
    {
        using var copy = new CheckpointCopy(folder, null, config);
        Assert.Contains(part, Assert.Throws<InvalidDataException>(() => KnownModels.Load(copy.Folder, _compute)).Message, StringComparison.Ordinal);
    }
}
