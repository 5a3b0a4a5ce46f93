using System.Text.Json.Nodes;
using Fovea.Generation;
using Fovea.Imaging;
using Fovea.Models;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
using Fovea.Text;

namespace Fovea.Tests.Models.Llava;

/// <summary>
/// LLaVA-OneVision in its authors' layout, of which no reference values exist: the checkpoint of the Hugging Face layout, which is compared with the reference
/// at every step, under the authors' names and keys. What the layouts share must be the same to the last bit. Where they differ (the prompt format, rounding of
/// padding at rare sizes, frames that have to be resized) nothing is compared.
/// </summary>
[Trait("kind", "property")]
public sealed class OriginalOneVisionTests : IDisposable
{
    private const string Source = "tests/golden/checkpoints/llava-onevision-tiny";
    private const string Prompt = "<|im_start|>user <image>\nWhat is it?<|im_end|><|im_start|>assistant\n";

    // Processors that are libraries of tensors round pixels in another order than those of pictures, which the authors use.
    private static readonly LoadOptions Slow = new() { Processing = ProcessorVariant.Slow };

    private readonly string _root = Directory.CreateTempSubdirectory("fovea").FullName;
    private readonly Compute _compute = new();
    private readonly MultimodalModel _huggingFace;

    public OriginalOneVisionTests() => _huggingFace = KnownModels.Load(Repository.Path(Source), _compute, Slow);

    private string Folder => Path.Combine(_root, "llava-onevision");

    private string Tower => Path.Combine(_root, "siglip-tiny");

    public void Dispose()
    {
        _huggingFace.Dispose();
        _compute.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Generate_AboutAPictureOfAnyShape_EqualsTheHuggingFaceLayout(bool towerInside)
    {
        using var model = Load(towerInside);
        Assert.Equal("llava_qwen", model.Family);
        foreach (var (width, height) in new[] { (58, 58), (120, 50), (50, 140), (200, 150), (350, 340), (600, 90) })
        {
            SameAnswer(model, new GenerationRequest { Prompt = Prompt, Images = [TinyModels.Picture(width, height, 1)] });
        }
    }

    [Fact]
    public void Generate_AboutSeveralPictures_EqualsTheHuggingFaceLayout()
    {
        using var model = Load(towerInside: true);
        SameAnswer(model, new GenerationRequest
        {
            Prompt = "<|im_start|>user <image><image>\nWhat is it?<|im_end|><|im_start|>assistant\nA cat.<|im_end|><|im_start|>user And <image>?<|im_end|><|im_start|>assistant\n",
            Images = [TinyModels.Picture(90, 50, 1), TinyModels.Picture(40, 70, 2), TinyModels.Picture(58, 58, 3)],
        });
    }

    [Fact]
    public void Generate_AboutAVideoAndAPicture_EqualsTheHuggingFaceLayout()
    {
        using var model = Load(towerInside: true);
        Image[] frames = [TinyModels.Picture(58, 58, 4), TinyModels.Picture(58, 58, 5), TinyModels.Picture(58, 58, 6)];
        SameAnswer(model, new GenerationRequest
        {
            Prompt = "<|im_start|>user <video> and <image>\nWhat is it?<|im_end|><|im_start|>assistant\n",
            Images = [TinyModels.Picture(90, 50, 1)],
            Videos = [new VisualItem(frames, true)],
        });
    }

    [Fact]
    public void Generate_WithoutPictures_EqualsTheHuggingFaceLayout()
    {
        using var model = Load(towerInside: true);
        SameAnswer(model, new GenerationRequest { Prompt = "<|im_start|>user What is it?<|im_end|><|im_start|>assistant\n" });
    }

    [Fact]
    public void Prompt_OfTheAuthorsLayout_IsTheirs()
    {
        using var model = Load(towerInside: true);
        Assert.Equal(
            "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<image>\nWhat is it?<|im_end|>\n<|im_start|>assistant\n",
            model.Prompt([ChatMessage.User("What is it?", 1)]));
    }

    private void SameAnswer(MultimodalModel model, GenerationRequest request)
    {
        int[] ids = Array.ConvertAll(_huggingFace.Encode(request.Prompt), id =>
            id == _huggingFace.ImageTokenId ? model.ImageTokenId : id == _huggingFace.VideoTokenId ? model.VideoTokenId!.Value : id);
        Assert.Equal(ids, model.Encode(request.Prompt));
        request = request with { MaxNewTokens = 3, EndTokens = [] };
        var (expected, expectedLogits) = Answer(_huggingFace, request);
        var (actual, logits) = Answer(model, request);
        Assert.Equal(Places(expected.Report.Geometry), Places(actual.Report.Geometry));
        Assert.Equal(expected.Tokens, actual.Tokens);
        Assert.Equal(expectedLogits, logits);
    }

    private (GenerationResult Result, IEnumerable<float[]> Logits) Answer(MultimodalModel model, GenerationRequest request)
    {
        var observer = new LogitsObserver();
        var result = new Generator(model, _compute, observer).Generate(request);
        return (result, observer.Steps.Select(step => step[0]));
    }

    private static IEnumerable<VisualToken> Places(Geometry geometry) => Enumerable.Range(0, geometry.Count).Select(token => geometry[token]);

    /// <summary>Writes the checkpoint under the authors' names and loads it.</summary>
    /// <param name="towerInside">
    /// Whether the model's own file holds the encoder, as published: without the block that is never used, and without the head that the embedding stands for.
    /// Else encoder and head are stored as they are elsewhere: with that block and with pooling weights, and as a matrix of its own.
    /// </param>
    private MultimodalModel Load(bool towerInside)
    {
        Directory.CreateDirectory(Folder);
        Directory.CreateDirectory(Tower);
        string source = Repository.Path(Source);
        foreach (string file in new[] { "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "generation_config.json", "vocab.json", "merges.txt", "added_tokens.json" })
        {
            File.Copy(Path.Combine(source, file), Path.Combine(Folder, file));
        }

        var config = Read(Path.Combine(source, "config.json"));
        WriteConfigs(config, Read(Path.Combine(source, "preprocessor_config.json")));
        WriteWeights(source, towerInside);
        return KnownModels.Load(Folder, _compute, Slow);
    }

    private void WriteConfigs(JsonObject config, JsonObject processor)
    {
        var vision = config["vision_config"]!.DeepClone().AsObject();
        var model = config["text_config"]!.DeepClone().AsObject();
        model["model_type"] = "llava_qwen";
        model["architectures"] = new JsonArray("LlavaQwenForCausalLM");
        model["tie_word_embeddings"] = false;
        model["mm_vision_tower"] = "someone/siglip-tiny";
        model["mm_hidden_size"] = vision["hidden_size"]!.DeepClone();
        model["mm_projector_type"] = "mlp2x_gelu";
        model["mm_vision_select_layer"] = -2;
        model["mm_vision_select_feature"] = "patch";
        model["mm_patch_merge_type"] = "spatial_unpad";
        model["mm_spatial_pool_mode"] = "bilinear";
        model["mm_newline_position"] = "one_token";
        model["mm_use_im_start_end"] = false;
        model["image_aspect_ratio"] = "anyres_max_9";
        model["image_grid_pinpoints"] = "(1x1),...,(6x6)";
        model["tokenizer_model_max_length"] = 32768;
        File.WriteAllText(Path.Combine(Folder, "config.json"), model.ToJsonString());

        // The encoder as it was published on its own: it has a block more, and a text tower beside it.
        vision["num_hidden_layers"] = vision["num_hidden_layers"]!.GetValue<int>() + 1;
        File.WriteAllText(Path.Combine(Tower, "config.json"), new JsonObject { ["model_type"] = "siglip", ["vision_config"] = vision }.ToJsonString());
        processor["image_processor_type"] = "SiglipImageProcessor";
        foreach (string key in new[] { "image_grid_pinpoints", "do_pad", "processor_class" })
        {
            processor.Remove(key);
        }

        File.WriteAllText(Path.Combine(Tower, "preprocessor_config.json"), processor.ToJsonString());
    }

    private void WriteWeights(string source, bool towerInside)
    {
        const string VisionTower = "model.vision_tower.";
        using var stored = SafetensorsReader.Open(Path.Combine(source, "model.safetensors"));
        var model = new Dictionary<string, Tensor>();
        var tower = new Dictionary<string, Tensor>();
        foreach (string name in stored.Names)
        {
            if (name.StartsWith(VisionTower, StringComparison.Ordinal))
            {
                tower.Add(name[VisionTower.Length..], stored[name]);
            }
            else
            {
                model.Add(
                    name.Replace("language_model.", "", StringComparison.Ordinal)
                        .Replace("multi_modal_projector.linear_1", "mm_projector.0", StringComparison.Ordinal)
                        .Replace("multi_modal_projector.linear_2", "mm_projector.2", StringComparison.Ordinal),
                    stored[name]);
            }
        }

        if (towerInside)
        {
            foreach (var (name, tensor) in tower)
            {
                model.Add($"{VisionTower}vision_tower.{name}", tensor);
            }
        }
        else
        {
            foreach (var (name, tensor) in tower.Where(weight => weight.Key.Contains(".layers.0.", StringComparison.Ordinal)).ToList())
            {
                tower.Add(name.Replace(".layers.0.", ".layers.3.", StringComparison.Ordinal), tensor);
            }

            tower.Add("vision_model.head.probe", stored["model.image_newline"]);
            tower.Add("text_model.embeddings.token_embedding.weight", stored["model.image_newline"]);
            tower.Add("logit_scale", stored["model.image_newline"]);
            model.Add("lm_head.weight", stored["model.language_model.embed_tokens.weight"]);
            SafetensorsWriter.Write(Path.Combine(Tower, "model.safetensors"), tower);
        }

        SafetensorsWriter.Write(Path.Combine(Folder, "model.safetensors"), model);
    }

    private static JsonObject Read(string file) => JsonNode.Parse(File.ReadAllText(file))!.AsObject();
}
