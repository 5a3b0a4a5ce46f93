using Fovea.Models.Quecc;
using Fovea.Tensors.Kernels;

namespace Fovea.Models.Llava;

/// <summary>
/// <c>config.json</c> of LLaVA's own layout: one flat object, with the vision encoder's config in the encoder's own folder.
/// Source: the repositories LLaVA and LLaVA-NeXT.
/// </summary>
internal static class OriginalConfig
{
    /// <summary>The id that marks a picture in a prompt; no token has it.</summary>
    public const int ImageToken = -200;

    /// <summary>The id that marks a video in a prompt; no token has it.</summary>
    public const int VideoToken = -201;

    /// <summary>More than any checkpoint has.</summary>
    public const int MostProjectorLayers = 16;

    /// <summary>Reads the config.</summary>
    /// <param name="config"><c>config.json</c> of the model.</param>
    /// <param name="tower"><c>config.json</c> of the vision encoder.</param>
    /// <exception cref="InvalidDataException">A key is missing or wrong; the message names it.</exception>
    public static LlavaConfig Read(ConfigReader config, ConfigReader tower)
    {
        string language = Language(config), ratio = config.Text("image_aspect_ratio", "square");
        var text = TextConfigReader.Read(config, language);
        var vision = Vision(tower);
        bool tiled = ratio.StartsWith("anyres", StringComparison.Ordinal);
        var merge = Merge(config, tiled);
        bool keepsClassToken = config.Text("mm_vision_select_feature", "patch") switch
        {
            "patch" => false,
            "cls_patch" => vision.HasClassToken,
            _ => throw config.Wrong("mm_vision_select_feature", "'patch' or 'cls_patch'"),
        };
        if (keepsClassToken && merge != TileMerge.Flat)
        {
            throw config.Wrong("mm_vision_select_feature", "'patch' where tiles are joined to a canvas");
        }

        var layers = FeatureLayers(config, vision);
        var compressor = QueccConfig.IsNamed(config) ? QueccConfig.Read(config, vision, text.HiddenSize) : null;
        if (compressor is not null && (tiled || keepsClassToken || layers.Count > 1 || ProjectorLayers(config) == 0))
        {
            throw config.Wrong("mm_vision_token_compression_type", "null with tiles, class tokens, several select layers or the identity projector");
        }

        if (config.Has("mm_hidden_size") && config.Count("mm_hidden_size") != vision.HiddenSize * layers.Count)
        {
            throw config.Wrong("mm_hidden_size", $"{vision.HiddenSize * layers.Count}, the width of the vision tower's features");
        }

        bool videos = language == "qwen2" && merge == TileMerge.SpatialUnpad;
        return new LlavaConfig
        {
            // The original code of the Qwen models sets it to none.
            TextConfig = language == "qwen2" ? text with { RopeScaling = null } : text,
            // SigLIP towers lose their last block, whatever layer the config names.
            VisionConfig = vision.HasClassToken ? vision : vision with { NumHiddenLayers = vision.NumHiddenLayers - 1 },
            VisionFeatureLayers = layers,
            KeepClassToken = keepsClassToken,
            ImageTokenIndex = ImageToken,
            VideoTokenIndex = videos ? VideoToken : null,
            AnyresMax = tiled ? LlavaConfig.Anyres(config, "image_aspect_ratio", ratio) : 0,
            Tiled = tiled,
            Merge = merge,
            RoundsUnpadding = false,
            VideoPoolStride = videos ? PoolStride(config) : 2,
            ProjectorLayers = ProjectorLayers(config),
            Quecc = compressor,
            ProjectorHiddenAct = Activation.Gelu,
            MultimodalProjectorBias = true,
        };
    }

    private static string Language(ConfigReader config) => config.Text("model_type") switch
    {
        "llava_llama" => "llama",
        "llava_mistral" => "mistral",
        "llava_qwen" => "qwen2",
        _ => Architecture(config) switch
        {
            "LlavaMistralForCausalLM" => "mistral",
            "LlavaQwenForCausalLM" => "qwen2",
            "LlavaLlamaForCausalLM" or "" => "llama",
            _ => throw config.Wrong("architectures", "LlavaLlamaForCausalLM, LlavaMistralForCausalLM or LlavaQwenForCausalLM"),
        },
    };

    private static string Architecture(ConfigReader config) =>
        config.Has("architectures") && config.Element.GetProperty("architectures") is { ValueKind: System.Text.Json.JsonValueKind.Array } list && list.GetArrayLength() > 0
            ? list[0].ToString()
            : "";

    /// <summary>The encoder's config, which stands alone or nested in that of a model with a text tower.</summary>
    public static VisionConfig Vision(ConfigReader tower)
    {
        string type = tower.Text("model_type", "clip") is "siglip" or "siglip_vision_model" ? "siglip_vision_model" : "clip_vision_model";
        return VisionConfig.Read(tower.Has("vision_config") ? tower.Object("vision_config") : tower, type);
    }

    private static IReadOnlyList<int> FeatureLayers(ConfigReader config, VisionConfig vision)
    {
        if (!vision.HasClassToken)
        {
            return [vision.NumHiddenLayers - 1];
        }

        var layers = config.Wholes("mm_vision_select_layer");
        return [.. (layers.Count > 0 ? layers : [-2]).Select(layer => vision.HiddenState(config, "mm_vision_select_layer", layer))];
    }

    private static TileMerge Merge(ConfigReader config, bool tiled) => config.Text("mm_patch_merge_type", "flat") switch
    {
        _ when !tiled => TileMerge.Flat,
        "flat" => TileMerge.Flat,
        "spatial" => TileMerge.Spatial,
        "spatial_unpad" => TileMerge.SpatialUnpad,
        _ => throw config.Wrong("mm_patch_merge_type", "flat, spatial or spatial_unpad"),
    };

    private static int PoolStride(ConfigReader config)
    {
        if (config.Text("mm_spatial_pool_mode", "bilinear") != "bilinear")
        {
            throw config.Wrong("mm_spatial_pool_mode", "bilinear");
        }

        return config.Text("mm_newline_position", "one_token") == "one_token"
            ? config.Count("mm_spatial_pool_stride", 2)
            : throw config.Wrong("mm_newline_position", "one_token");
    }

    internal static int ProjectorLayers(ConfigReader config)
    {
        string type = config.Text("mm_projector_type", "linear");
        const string Prefix = "mlp", Suffix = "x_gelu";
        return type switch
        {
            "linear" => 1,
            "identity" => 0,
            _ when type.StartsWith(Prefix, StringComparison.Ordinal) && type.EndsWith(Suffix, StringComparison.Ordinal)
                && int.TryParse(type.AsSpan(Prefix.Length, type.Length - Prefix.Length - Suffix.Length), System.Globalization.NumberStyles.None, null, out int layers)
                && layers is > 0 and <= MostProjectorLayers => layers,
            _ => throw config.Wrong("mm_projector_type", $"linear, identity, or mlpNx_gelu with N up to {MostProjectorLayers}"),
        };
    }
}
