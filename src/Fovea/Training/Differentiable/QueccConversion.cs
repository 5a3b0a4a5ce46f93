using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Imaging.Processors;
using Fovea.Models;
using Fovea.Models.Llava;
using Fovea.Models.Quecc;
using ConfigReader = Fovea.Models.ConfigReader;

namespace Fovea.Training.Differentiable;

/// <summary>
/// The configuration of a base model with a QueCC projector, in LLaVA's own layout: from LLaVA-1.5 in the Hugging Face layout, from the original layout, or
/// from a language model alone and a vision encoder.
/// </summary>
internal sealed class QueccConversion
{
    /// <summary>The name of a vision encoder that was inside the base model.</summary>
    private const string InnerTower = "vision_tower";

    private static readonly string[] Languages = ["llama", "mistral", "qwen2"];

    /// <exception cref="InvalidDataException">A key of the base model, or one of the start, is missing or wrong.</exception>
    /// <exception cref="NotSupportedException">The base model cannot get such a projector.</exception>
    public QueccConversion(CheckpointFolder baseModel, QueccStart start)
    {
        var keys = new ConfigReader(Path.Combine(baseModel.Path, "config.json"), baseModel.Config);
        bool inside = keys.Has("vision_config");
        string type = keys.Text("model_type");
        if (inside && type != "llava")
        {
            throw new NotSupportedException($"{baseModel.Path}: models of the type {type} cannot get a QueCC projector; llava, llava_llama and llama can, and their like on Mistral and Qwen2.");
        }

        var text = inside ? keys.Object("text_config") : keys;
        var config = JsonObject.Create(text.Element) ?? [];
        string? named = start.VisionTower ?? VisionTowerFolder.Named(baseModel.Config);
        if (inside)
        {
            TowerConfig = Typed(keys.Object("vision_config"));
            Add(config, keys, "bos_token_id", "eos_token_id", "pad_token_id", "dtype", "torch_dtype", "transformers_version");
            config["mm_vision_tower"] = InnerTower;
        }
        else
        {
            Tower = CheckpointFolder.Open(VisionTowerFolder.Find(baseModel.Path, named ?? throw keys.Wrong("mm_vision_tower", "the vision encoder, or one must be named")));
            TowerConfig = Tower.Config;
            config["mm_vision_tower"] = Directory.Exists(start.VisionTower) ? Path.GetFullPath(start.VisionTower) : named;
        }

        string language = Language(baseModel, text.Text("model_type", "llama"));
        config["model_type"] = language == "qwen2" ? "llava_qwen" : $"llava_{language}";
        config["architectures"] = new JsonArray($"Llava{char.ToUpperInvariant(language[0])}{language[1..].TrimEnd('2')}ForCausalLM");
        config["_name_or_path"] = baseModel.Path;
        var vision = OriginalConfig.Vision(new ConfigReader(Path.Combine(Tower?.Path ?? baseModel.Path, "config.json"), TowerConfig));
        int select = start.SelectLayer ?? SelectLayer(keys, inside);
        AddVision(config, start, vision, select, config["image_aspect_ratio"]?.GetValue<string>());
        AddCompression(config, start, vision, vision.HiddenState(keys, "mm_vision_select_layer", select), TextConfigReader.Read(text, language).HiddenSize);
        Config = CheckpointFolder.Element(config);
    }

    /// <summary><c>config.json</c> in LLaVA's own layout.</summary>
    public JsonElement Config { get; }

    /// <summary><c>config.json</c> of the vision encoder.</summary>
    public JsonElement TowerConfig { get; }

    /// <summary>The folder of the vision encoder; none = it is inside the base model.</summary>
    public CheckpointFolder? Tower { get; }

    private static string Language(CheckpointFolder baseModel, string type)
    {
        string language = type switch
        {
            "llava_llama" or "llava" => "llama",
            "llava_mistral" => "mistral",
            "llava_qwen" => "qwen2",
            _ => type,
        };
        return Languages.Contains(language)
            ? language
            : throw new NotSupportedException($"{baseModel.Path}: a language model of the type {type} has no place in LLaVA's own layout; {string.Join(", ", Languages)} have.");
    }

    private static int SelectLayer(ConfigReader keys, bool inside)
    {
        if (inside && keys.Text("vision_feature_select_strategy", "default") != "default")
        {
            throw keys.Wrong("vision_feature_select_strategy", "'default': QueCC has no place for a class token");
        }

        string key = inside ? "vision_feature_layer" : "mm_vision_select_layer";
        return keys.Wholes(key) switch
        {
            [] => -2,
            [var layer] => layer,
            _ => throw keys.Wrong(key, "one layer: QueCC makes queries of one"),
        };
    }

    private static void AddVision(JsonObject config, QueccStart start, VisionConfig vision, int select, string? ratio)
    {
        config["use_mm_proj"] = true;
        config["mm_projector_type"] = start.ProjectorType;
        config["mm_hidden_size"] = vision.HiddenSize;
        config["mm_vision_select_layer"] = select;
        config["mm_vision_select_feature"] = "patch";
        config["mm_patch_merge_type"] = "flat";
        config["image_aspect_ratio"] = start.ImageAspectRatio ?? ratio ?? "square";
        config["tokenizer_padding_side"] = "right";
        config["tokenizer_model_max_length"] = start.MaxLength;
        config["tune_mm_mlp_adapter"] = false;
        config["freeze_mm_mlp_adapter"] = false;
        config["mm_use_im_start_end"] = false;
        config["mm_use_im_patch_token"] = false;
        config["mm_projector_lr"] = null;
        config["use_cache"] = true;
    }

    private static void AddCompression(JsonObject config, QueccStart start, VisionConfig vision, int select, int textWidth)
    {
        config["mm_vision_token_compression_type"] = "quecc";
        config["mm_vision_token_compression_kernel_size"] = start.Kernel;
        config["mm_vision_token_compression_stride"] = start.Stride;
        config["mm_vision_output_token_count"] = vision.Side * vision.Side;
        config["mm_vision_output_text_embedding_size"] = textWidth;
        config["mm_vision_output_combined_token_count"] = null;
        var published = QueccConfig.PublishedLevels;
        if (start.Levels is not null || vision.NumHiddenLayers < published[^1])
        {
            var levels = start.Levels ?? Enumerable.Range(Math.Max(0, select - published.Count + 1), Math.Min(select + 1, published.Count));
            config["mm_vision_token_compression_levels"] = new JsonArray([.. levels.Select(level => (JsonNode)level)]);
        }
    }

    /// <summary>An inner config says what it is only where it is not the default.</summary>
    private static JsonElement Typed(ConfigReader vision)
    {
        var config = JsonObject.Create(vision.Element) ?? [];
        config["model_type"] = vision.Text("model_type", "clip_vision_model");
        return CheckpointFolder.Element(config);
    }

    private static void Add(JsonObject config, ConfigReader keys, params string[] names)
    {
        foreach (string name in names.Where(name => keys.Has(name) && !config.ContainsKey(name)))
        {
            config[name] = JsonNode.Parse(keys.Element.GetProperty(name).GetRawText());
        }
    }
}
