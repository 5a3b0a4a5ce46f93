using Fovea.Tensors.Kernels;

namespace Fovea.Models.Llava;

/// <summary><c>config.json</c> of LLaVA-1.5 in the Hugging Face layout.</summary>
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

    /// <summary>Activation of the projector.</summary>
    public required Activation ProjectorHiddenAct { get; init; }

    /// <summary>Whether the projector has biases.</summary>
    public required bool MultimodalProjectorBias { get; init; }

    /// <summary>Reads the config.</summary>
    /// <exception cref="InvalidDataException">A key is missing or wrong; the message names it.</exception>
    public static LlavaConfig Read(ConfigReader config)
    {
        var vision = VisionConfig.Read(config.Object("vision_config"), "clip_vision_model");
        var layers = config.Wholes("vision_feature_layer");
        return new LlavaConfig
        {
            TextConfig = TextConfigReader.Read(config.Object("text_config")),
            VisionConfig = vision,
            VisionFeatureLayers = [.. (layers.Count > 0 ? layers : [-2]).Select(layer => Index(config, layer, vision.NumHiddenLayers))],
            KeepClassToken = config.Text("vision_feature_select_strategy", "default") switch
            {
                "default" => false,
                "full" => true,
                _ => throw config.Wrong("vision_feature_select_strategy", "'default' or 'full'"),
            },
            ImageTokenIndex = config.Has("image_token_index") ? config.Whole("image_token_index") : config.Whole("image_token_id", 32000),
            ProjectorHiddenAct = config.Activation("projector_hidden_act", "gelu"),
            MultimodalProjectorBias = config.Flag("multimodal_projector_bias", true),
        };
    }

    private static int Index(ConfigReader config, int layer, int blocks)
    {
        int index = layer < 0 ? blocks + 1 + layer : layer;
        return index >= 0 && index <= blocks ? index : throw config.Wrong("vision_feature_layer", $"within the {blocks + 1} hidden states of the encoder");
    }
}
