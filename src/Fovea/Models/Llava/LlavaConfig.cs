using Fovea.Models.Quecc;
using Fovea.Tensors.Kernels;

namespace Fovea.Models.Llava;

/// <summary>The config of the LLaVA line: LLaVA-1.5, LLaVA-NeXT, LLaVA-OneVision, Video-LLaVA.</summary>
public sealed record LlavaConfig
{
    /// <summary>The language model.</summary>
    public required TextConfig TextConfig { get; init; }

    /// <summary>The vision encoder.</summary>
    public required VisionConfig VisionConfig { get; init; }

    /// <summary>Indices into the encoder's hidden states, from 0.</summary>
    public required IReadOnlyList<int> VisionFeatureLayers { get; init; }

    /// <summary>Whether the class token stays among the features ("full") or is dropped ("default").</summary>
    public required bool KeepClassToken { get; init; }

    /// <summary>The id that stands for an image.</summary>
    public required int ImageTokenIndex { get; init; }

    /// <summary>The id that stands for a video, or none.</summary>
    public int? VideoTokenIndex { get; init; }

    /// <summary>N of <c>vision_aspect_ratio</c> "anyres_max_N": a canvas of more than about N tiles' tokens is made smaller; 0 = never.</summary>
    public int AnyresMax { get; init; }

    /// <summary>Whether pictures are cut into tiles.</summary>
    public bool Tiled { get; init; }

    /// <summary>How tiles become visual tokens.</summary>
    public TileMerge Merge { get; init; } = TileMerge.Flat;

    /// <summary>Whether padding is measured in lengths rounded to seven decimals, as the Hugging Face code does and the original does not.</summary>
    public bool RoundsUnpadding { get; init; } = true;

    /// <summary>By how much the sides of a video frame's features are divided.</summary>
    public int VideoPoolStride { get; init; } = 2;

    /// <summary>Linear layers of the projector; 0 = the features are passed on.</summary>
    public int ProjectorLayers { get; init; } = 2;

    /// <summary>Activation of the projector.</summary>
    public required Activation ProjectorHiddenAct { get; init; }

    /// <summary>Whether the projector has biases.</summary>
    public required bool MultimodalProjectorBias { get; init; }

    /// <summary>The compressor between encoder and projector, or none.</summary>
    public QueccConfig? Quecc { get; init; }

    /// <summary>Width of a feature, as the projector takes it.</summary>
    public int FeatureWidth => VisionConfig.HiddenSize * VisionFeatureLayers.Count;

    /// <summary>Visual tokens per side of a tile.</summary>
    public int TileSide => Quecc?.Grid.Cells ?? VisionConfig.Side;

    /// <summary>Reads <c>config.json</c> of the Hugging Face layout.</summary>
    /// <exception cref="InvalidDataException">A key is missing or wrong; the message names it.</exception>
    public static LlavaConfig Read(ConfigReader config)
    {
        string type = config.Text("model_type");
        bool oneVision = type == "llava_onevision", video = type == "video_llava", tiled = oneVision || type == "llava_next";
        var vision = VisionConfig.Read(config.Object("vision_config"), oneVision ? "siglip_vision_model" : "clip_vision_model");
        var layers = config.Wholes("vision_feature_layer");
        return new LlavaConfig
        {
            TextConfig = TextConfigReader.Read(config.Object("text_config")),
            VisionConfig = vision,
            VisionFeatureLayers = [.. (layers.Count > 0 ? layers : [oneVision ? -1 : -2]).Select(layer => vision.HiddenState(config, "vision_feature_layer", layer))],
            KeepClassToken = config.Text("vision_feature_select_strategy", oneVision ? "full" : "default") switch
            {
                "default" => false,
                "full" => true,
                _ => throw config.Wrong("vision_feature_select_strategy", "'default' or 'full'"),
            },
            ImageTokenIndex = Token(config, "image", oneVision ? 151646 : 32000),
            VideoTokenIndex = oneVision || video ? Token(config, "video", oneVision ? 151647 : 32001) : null,
            AnyresMax = oneVision ? Anyres(config, "vision_aspect_ratio", config.Text("vision_aspect_ratio", "anyres_max_9")) : 0,
            Tiled = tiled,
            Merge = tiled ? TileMerge.SpatialUnpad : TileMerge.Flat,
            ProjectorHiddenAct = config.Activation("projector_hidden_act", "gelu"),
            MultimodalProjectorBias = config.Flag("multimodal_projector_bias", true),
        };
    }

    private static int Token(ConfigReader config, string kind, int missing) =>
        config.Has($"{kind}_token_index") ? config.Whole($"{kind}_token_index") : config.Whole($"{kind}_token_id", missing);

    /// <summary>N of "anyres_max_N"; 0 for "anyres".</summary>
    internal static int Anyres(ConfigReader config, string key, string ratio) =>
        ratio == "anyres" ? 0
            : ratio.StartsWith("anyres_max_", StringComparison.Ordinal) && int.TryParse(ratio["anyres_max_".Length..], out int tiles) && tiles > 0 ? tiles
            : throw config.Wrong(key, "'anyres' or 'anyres_max_N'");
}
