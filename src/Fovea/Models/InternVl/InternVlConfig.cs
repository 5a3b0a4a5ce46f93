using Fovea.Tensors.Kernels;

namespace Fovea.Models.InternVl;

/// <summary><c>config.json</c> of InternVL in its original layout (<c>internvl_chat</c>) or that of Hugging Face (<c>internvl</c>).</summary>
internal sealed record InternVlConfig
{
    /// <summary>Whether the layout is the original one.</summary>
    public required bool IsOriginal { get; init; }

    /// <summary>The language model.</summary>
    public required TextConfig TextConfig { get; init; }

    /// <summary>The vision encoder.</summary>
    public required InternVitConfig VisionConfig { get; init; }

    /// <summary>Index into the encoder's hidden states, from 0.</summary>
    public required int FeatureLayer { get; init; }

    /// <summary>How patches become visual tokens.</summary>
    public required PixelShuffle Shuffle { get; init; }

    /// <summary>Activation of the projector.</summary>
    public required Activation ProjectorAct { get; init; }

    /// <summary>The id of a visual token; none = the tokenizer tells.</summary>
    public int? ImageTokenId { get; init; }

    /// <summary>Width of a feature row.</summary>
    public int FeatureWidth => VisionConfig.Sizes.HiddenSize * Shuffle.Patches;

    /// <summary>Reads the config.</summary>
    /// <exception cref="InvalidDataException">A key is missing or wrong; the message names it.</exception>
    public static InternVlConfig Read(ConfigReader config, CheckpointFolder folder) =>
        config.Text("model_type") == "internvl_chat" ? ReadOriginal(config) : ReadHuggingFace(config, folder);

    private static InternVlConfig ReadOriginal(ConfigReader config)
    {
        var vision = InternVitConfig.ReadOriginal(config.Object("vision_config"), config.Has("force_image_size") ? config.Count("force_image_size") : null);
        var language = config.Object("llm_config");
        string version = config.Text("ps_version", "v1");
        return new InternVlConfig
        {
            IsOriginal = true,
            TextConfig = TextConfigReader.Read(language, ModelType(language)) with { TieWordEmbeddings = false },
            VisionConfig = vision,
            FeatureLayer = vision.Sizes.HiddenState(config, "select_layer", config.Whole("select_layer", -1)),
            Shuffle = version is "v1" or "v2"
                ? ReadShuffle(config, vision, transposed: version == "v1")
                : throw config.Wrong("ps_version", "v1 or v2"),
            ProjectorAct = Activation.Gelu,
        };
    }

    private static InternVlConfig ReadHuggingFace(ConfigReader config, CheckpointFolder folder)
    {
        var vision = InternVitConfig.Read(config.Object("vision_config"), TileSide(folder));
        if (config.Text("vision_feature_select_strategy", "default") != "default")
        {
            throw config.Wrong("vision_feature_select_strategy", "'default': with the class token the features are no square grid");
        }

        return new InternVlConfig
        {
            IsOriginal = false,
            TextConfig = TextConfigReader.Read(config.Object("text_config"), config.Object("text_config").Has("model_type") ? null : "qwen2"),
            VisionConfig = vision,
            FeatureLayer = vision.Sizes.HiddenState(config, "vision_feature_layer", config.Whole("vision_feature_layer", -1)),
            Shuffle = ReadShuffle(config, vision, transposed: false),
            ProjectorAct = config.Activation("projector_hidden_act", "gelu"),
            ImageTokenId = config.Whole("image_token_id", 151667),
        };
    }

    /// <summary>The language models of the original layout go by the names of their classes.</summary>
    private static string ModelType(ConfigReader language)
    {
        string name = language.Element.TryGetProperty("architectures", out var names)
            && names is { ValueKind: System.Text.Json.JsonValueKind.Array } && names.GetArrayLength() > 0 && names[0].ValueKind == System.Text.Json.JsonValueKind.String
            ? names[0].GetString() ?? "" : "";
        return name switch
        {
            "InternLM2ForCausalLM" => "internlm2",
            "Qwen2ForCausalLM" => "qwen2",
            "Qwen3ForCausalLM" => "qwen3",
            "LlamaForCausalLM" => "llama",
            _ => throw language.Wrong("architectures", "[\"InternLM2ForCausalLM\"], [\"LlamaForCausalLM\"], [\"Qwen2ForCausalLM\"] or [\"Qwen3ForCausalLM\"]"),
        };
    }

    /// <summary>The side of the tiles that the processor cuts, if its file says so.</summary>
    private static int? TileSide(CheckpointFolder folder)
    {
        const string Name = "preprocessor_config.json";
        if (folder.Read(Name) is not { } element)
        {
            return null;
        }

        var config = new ConfigReader(Path.Combine(folder.Path, Name), element);
        return config.Has("size") && config.Object("size").Has("height") ? config.Object("size").Count("height") : null;
    }

    private static PixelShuffle ReadShuffle(ConfigReader config, InternVitConfig vision, bool transposed)
    {
        double ratio = config.Number("downsample_ratio", 0.5);
        int side = vision.Sizes.Side, factor = ratio is > 0 and <= 1 ? (int)Math.Round(Math.Min(1 / ratio, side)) : 0;
        return factor > 0 && factor * ratio == 1 && side % factor == 0
            ? new PixelShuffle(side, factor, transposed)
            : throw config.Wrong("downsample_ratio", $"1/k such that k divides the {side} patches of a tile's side");
    }
}
