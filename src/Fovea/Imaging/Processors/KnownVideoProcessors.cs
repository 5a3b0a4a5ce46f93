namespace Fovea.Imaging.Processors;

/// <summary>The video processors by the names that checkpoints give them.</summary>
internal static class KnownVideoProcessors
{
    private static readonly Dictionary<string, Func<ConfigReader, ProcessorVariant, VideoProcessor>> ByName = new(StringComparer.Ordinal)
    {
        ["VideoLlavaVideoProcessor"] = FrameProcessor.ReadClip,
        ["LlavaNextVideoVideoProcessor"] = FrameProcessor.ReadClip,
        ["LlavaOnevisionVideoProcessor"] = (config, variant) => FrameProcessor.ReadSquare(config, variant, shifted: false),
        ["InternVLVideoProcessor"] = (config, variant) => FrameProcessor.ReadSquare(config, variant, shifted: true),
        ["Qwen2VLVideoProcessor"] = (config, _) => QwenVideoProcessor.ReadQwen2(config),
        ["Qwen3VLVideoProcessor"] = (config, _) => QwenVideoProcessor.ReadQwen3(config),
    };

    private static readonly Dictionary<string, string> ByModelType = new(StringComparer.Ordinal)
    {
        ["video_llava"] = "VideoLlavaVideoProcessor",
        ["llava_next_video"] = "LlavaNextVideoVideoProcessor",
        ["llava_onevision"] = "LlavaOnevisionVideoProcessor",
        ["internvl"] = "InternVLVideoProcessor",
        ["qwen2_vl"] = "Qwen2VLVideoProcessor",
        ["qwen2_5_vl"] = "Qwen2VLVideoProcessor",
        ["qwen3_vl"] = "Qwen3VLVideoProcessor",
        ["qwen3_vl_moe"] = "Qwen3VLVideoProcessor",
    };

    public static VideoProcessor Create(ConfigReader config, string? modelType, ProcessorVariant? variant)
    {
        string? name = config.Text("video_processor_type") ?? (modelType is null ? null : ByModelType.GetValueOrDefault(modelType));
        if (name is null)
        {
            throw config.Error("video_processor_type", $"is missing, and models of type {modelType ?? "(not given)"} take no videos here");
        }

        return ByName.TryGetValue(name, out var create)
            ? create(config, variant ?? ProcessorVariant.Fast)
            : throw config.Error("video_processor_type", $"{name} is not known; known are {string.Join(", ", ByName.Keys)}");
    }
}
