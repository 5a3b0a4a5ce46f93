namespace Fovea.Models.InternVl;

/// <summary><c>vision_config</c> of InternVL in either layout.</summary>
internal sealed record InternVitConfig
{
    private const double HuggingFaceQueryKeyEps = 1e-6;

    /// <summary>Sizes of the encoder at the size of the tiles.</summary>
    public required VisionConfig Sizes { get; init; }

    /// <summary>Patches per side that the stored positions are for; 0 = there are no positions.</summary>
    public required int TableSide { get; init; }

    /// <summary>Whether norms are RMS norms.</summary>
    public required bool IsRms { get; init; }

    /// <summary>Whether q, k and v are stored as one matrix.</summary>
    public required bool FusedQkv { get; init; }

    /// <summary>Whether q, k and v have biases.</summary>
    public required bool QkvBias { get; init; }

    /// <summary>ε of the RMS norms of queries and keys, which span all heads; none = no such norms.</summary>
    public float? QueryKeyEps { get; init; }

    /// <summary>Whether a norm follows the last block.</summary>
    public bool HasFinalNorm { get; init; }

    /// <summary>Reads <c>vision_config</c> of the original layout.</summary>
    /// <param name="config">The object.</param>
    /// <param name="tile">Side of the tiles where it is not <c>image_size</c>.</param>
    /// <exception cref="InvalidDataException">A key is wrong, or the sizes contradict each other.</exception>
    public static InternVitConfig ReadOriginal(ConfigReader config, int? tile)
    {
        int image = config.Count("image_size", 224);
        var sizes = Read(config, (3200, 12800, 48, 25), tile ?? image, config.Count("patch_size", 14));
        return new InternVitConfig
        {
            Sizes = sizes,
            TableSide = (sizes with { ImageSize = image }).Checked(config).Side,
            IsRms = ReadNorm(config, "rms_norm"),
            FusedQkv = true,
            QkvBias = config.Flag("qkv_bias", false),
            QueryKeyEps = config.Flag("qk_normalization", true) ? sizes.LayerNormEps : null,
        };
    }

    /// <summary>Reads <c>vision_config</c> of the Hugging Face layout.</summary>
    /// <param name="config">The object.</param>
    /// <param name="tile">Side of the tiles where it is not <c>image_size</c>.</param>
    /// <exception cref="InvalidDataException">A key is wrong, or the sizes contradict each other.</exception>
    public static InternVitConfig Read(ConfigReader config, int? tile)
    {
        int image = Side(config, "image_size", 448);
        var sizes = Read(config, (1024, 4096, 24, 16), tile ?? image, Side(config, "patch_size", 14));
        return new InternVitConfig
        {
            Sizes = sizes,
            TableSide = config.Flag("use_absolute_position_embeddings", true) ? (sizes with { ImageSize = image }).Checked(config).Side : 0,
            IsRms = ReadNorm(config, "layer_norm"),
            FusedQkv = false,
            QkvBias = config.Flag("attention_bias", false),
            QueryKeyEps = config.Flag("use_qk_norm", false) ? (float)HuggingFaceQueryKeyEps : null,
            HasFinalNorm = !config.Flag("use_mean_pooling", true),
        };
    }

    private static VisionConfig Read(ConfigReader config, (int Width, int Inner, int Blocks, int Heads) missing, int tile, int patch) => new VisionConfig
    {
        HiddenSize = config.Count("hidden_size", missing.Width),
        IntermediateSize = config.Count("intermediate_size", missing.Inner),
        NumHiddenLayers = config.Count("num_hidden_layers", missing.Blocks),
        NumAttentionHeads = config.Count("num_attention_heads", missing.Heads),
        ImageSize = tile,
        PatchSize = patch,
        NumChannels = config.Count("num_channels", 3),
        HiddenAct = config.Activation("hidden_act", "gelu"),
        LayerNormEps = (float)config.Number("layer_norm_eps", 1e-6),
        HasClassToken = true,
    }.Checked(config);

    private static bool ReadNorm(ConfigReader config, string missing) => config.Text("norm_type", missing) switch
    {
        "rms_norm" => true,
        "layer_norm" => false,
        _ => throw config.Wrong("norm_type", "rms_norm or layer_norm"),
    };

    /// <summary>A side that may be written as height and width.</summary>
    private static int Side(ConfigReader config, string key, int missing)
    {
        var sides = config.Wholes(key);
        return !config.Has(key) ? missing
            : sides.Count is 1 or 2 && sides[0] > 0 && sides[0] == sides[^1] ? sides[0]
            : throw config.Wrong(key, "the side of a square");
    }
}
