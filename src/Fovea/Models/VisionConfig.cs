using Fovea.Tensors.Kernels;

namespace Fovea.Models;

/// <summary>A vision transformer's sizes, under the names of <c>vision_config</c>. One record covers CLIP, SigLIP and InternViT.</summary>
public sealed record VisionConfig
{
    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width inside the feed-forward block.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int NumHiddenLayers { get; init; }

    /// <summary>Attention heads.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>Side of the square picture in pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Side of a patch in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Colour channels.</summary>
    public required int NumChannels { get; init; }

    /// <summary>Activation of the feed-forward block.</summary>
    public required Activation HiddenAct { get; init; }

    /// <summary>ε of the norms.</summary>
    public required float LayerNormEps { get; init; }

    /// <summary>Whether there is a class token in front (CLIP, InternViT).</summary>
    public required bool HasClassToken { get; init; }

    /// <summary>Patches per side.</summary>
    public int Side => ImageSize / PatchSize;

    /// <summary>Tokens per picture, the class token included.</summary>
    public int Tokens => (Side * Side) + (HasClassToken ? 1 : 0);

    /// <summary>Reads <c>vision_config</c>; the defaults are those of its <c>model_type</c>.</summary>
    /// <exception cref="InvalidDataException">A key is missing or wrong, or the sizes contradict each other.</exception>
    public static VisionConfig Read(ConfigReader config, string missingType)
    {
        string type = config.Text("model_type", missingType);
        bool clip = type switch
        {
            "clip_vision_model" => true,
            "siglip_vision_model" => false,
            _ => throw config.Wrong("model_type", "clip_vision_model or siglip_vision_model"),
        };
        var read = new VisionConfig
        {
            HiddenSize = config.Count("hidden_size", 768),
            IntermediateSize = config.Count("intermediate_size", 3072),
            NumHiddenLayers = config.Count("num_hidden_layers", 12),
            NumAttentionHeads = config.Count("num_attention_heads", 12),
            ImageSize = config.Count("image_size", 224),
            PatchSize = config.Count("patch_size", clip ? 32 : 16),
            NumChannels = config.Count("num_channels", 3),
            HiddenAct = config.Activation("hidden_act", clip ? "quick_gelu" : "gelu_pytorch_tanh"),
            LayerNormEps = (float)config.Number("layer_norm_eps", clip ? 1e-5 : 1e-6),
            HasClassToken = clip,
        };
        return read.Checked(config);
    }

    /// <summary>The record itself.</summary>
    /// <exception cref="InvalidDataException">The sizes contradict each other.</exception>
    internal VisionConfig Checked(ConfigReader config)
    {
        if (HiddenSize % NumAttentionHeads != 0)
        {
            throw config.Wrong("num_attention_heads", $"a divisor of hidden_size ({HiddenSize})");
        }

        if (PatchSize > ImageSize)
        {
            throw config.Wrong("patch_size", $"at most image_size ({ImageSize})");
        }

        return (((long)Side * Side) + 1) * HiddenSize <= int.MaxValue
            ? this
            : throw config.Wrong("image_size", $"so small that the {(long)Side * Side} patches of a picture, {HiddenSize} numbers each, fit into one tensor");
    }

    /// <summary>The index of a hidden state that a key names, counted from the end if it is negative; 0 = input of block 0.</summary>
    /// <exception cref="InvalidDataException">There is no such state.</exception>
    internal int HiddenState(ConfigReader config, string key, int named)
    {
        int index = named < 0 ? NumHiddenLayers + 1 + named : named;
        return index >= 0 && index <= NumHiddenLayers ? index : throw config.Wrong(key, $"within the {NumHiddenLayers + 1} hidden states of the encoder");
    }
}
