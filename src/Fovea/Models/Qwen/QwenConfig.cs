namespace Fovea.Models.Qwen;

/// <summary><c>config.json</c> of Qwen2-VL, Qwen2.5-VL and Qwen3-VL, with the language model's keys under <c>text_config</c> or, as older files have it, at the top.</summary>
internal sealed record QwenConfig
{
    /// <summary>Which generation.</summary>
    public required QwenVersion Version { get; init; }

    /// <summary>The language model.</summary>
    public required TextConfig TextConfig { get; init; }

    /// <summary>The vision encoder.</summary>
    public required QwenVisionConfig VisionConfig { get; init; }

    /// <summary>The id that stands for an image.</summary>
    public required int ImageTokenId { get; init; }

    /// <summary>The id that stands for a video.</summary>
    public required int VideoTokenId { get; init; }

    /// <summary>The id before a picture.</summary>
    public required int VisionStartTokenId { get; init; }

    /// <summary>The id behind a picture.</summary>
    public required int VisionEndTokenId { get; init; }

    /// <summary>
    /// Compatibility switch for Qwen2.5-VL, key <c>truncate_second_per_grid</c>: cut the seconds of a temporal patch to a whole number before they are multiplied, as
    /// transformers 4.57.6 does. At 0.5 s or any other time below a second all frames of a video then share one time.
    /// </summary>
    public bool TruncateSecondPerGrid { get; init; }

    /// <summary>Reads the config.</summary>
    /// <exception cref="InvalidDataException">A key is missing or wrong; the message names it.</exception>
    public static QwenConfig Read(ConfigReader config)
    {
        string type = config.Text("model_type");
        var version = type switch
        {
            "qwen2_vl" => QwenVersion.Qwen2,
            "qwen2_5_vl" => QwenVersion.Qwen25,
            "qwen3_vl" or "qwen3_vl_moe" => QwenVersion.Qwen3,
            _ => throw config.Wrong("model_type", "qwen2_vl, qwen2_5_vl, qwen3_vl or qwen3_vl_moe"),
        };
        var text = TextConfigReader.Read(config.Has("text_config") ? config.Object("text_config") : config, type);
        var vision = QwenVisionConfig.Read(config.Object("vision_config"), version);
        return vision.OutHiddenSize == text.HiddenSize
            ? new QwenConfig
            {
                Version = version,
                TextConfig = text,
                VisionConfig = vision,
                ImageTokenId = config.Whole("image_token_id", 151655),
                VideoTokenId = config.Whole("video_token_id", 151656),
                VisionStartTokenId = config.Whole("vision_start_token_id", 151652),
                VisionEndTokenId = config.Whole("vision_end_token_id", 151653),
                TruncateSecondPerGrid = config.Flag("truncate_second_per_grid", false),
            }
            : throw config.Object("vision_config").Wrong(version == QwenVersion.Qwen2 ? "hidden_size" : "out_hidden_size", $"the language model's hidden_size ({text.HiddenSize})");
    }
}
