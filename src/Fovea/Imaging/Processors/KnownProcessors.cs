namespace Fovea.Imaging.Processors;

/// <summary>The image processors by the names that checkpoints give them.</summary>
internal static class KnownProcessors
{
    private static readonly Dictionary<string, Func<ConfigReader, ProcessorVariant, string?, ImageProcessor>> ByName = new(StringComparer.Ordinal)
    {
        ["CLIPImageProcessor"] = (config, variant, _) => ClipProcessor.Read(config, variant, mayPad: false),
        ["SiglipImageProcessor"] = (config, variant, _) => ClipProcessor.ReadSiglip(config, variant),
        ["LlavaImageProcessor"] = (config, variant, _) => ClipProcessor.Read(config, variant, mayPad: true),
        ["LlavaNextImageProcessor"] = (config, variant, _) => AnyResolutionProcessor.ReadNext(config, variant),
        ["LlavaOnevisionImageProcessor"] = (config, variant, _) => AnyResolutionProcessor.ReadOneVision(config, variant),
        ["Qwen2VLImageProcessor"] = (config, variant, _) => QwenProcessor.Read(config, variant),
        ["GotOcr2ImageProcessor"] = (config, variant, modelType) => InternVlProcessor.Read(config, variant, alwaysCuts: modelType == "internvl"),
        ["VideoLlavaImageProcessor"] = (config, variant, _) => ClipProcessor.Read(config, variant, mayPad: false),
    };

    private static readonly Dictionary<string, string> ByModelType = new(StringComparer.Ordinal)
    {
        ["clip"] = "CLIPImageProcessor",
        ["siglip"] = "SiglipImageProcessor",
        ["llava"] = "LlavaImageProcessor",
        ["llava_next"] = "LlavaNextImageProcessor",
        ["llava_next_video"] = "LlavaNextImageProcessor",
        ["llava_onevision"] = "LlavaOnevisionImageProcessor",
        ["video_llava"] = "VideoLlavaImageProcessor",
        ["qwen2_vl"] = "Qwen2VLImageProcessor",
        ["qwen2_5_vl"] = "Qwen2VLImageProcessor",
        ["qwen3_vl"] = "Qwen2VLImageProcessor",
        ["qwen3_vl_moe"] = "Qwen2VLImageProcessor",
        ["internvl"] = "GotOcr2ImageProcessor",
    };

    public static ImageProcessor CreateImage(ConfigReader config, string? modelType, ProcessorVariant? variant)
    {
        string name = Name(config, modelType);
        bool fast = name.EndsWith("Fast", StringComparison.Ordinal);
        string plain = fast ? name[..^4] : name;
        if (!ByName.TryGetValue(plain, out var create))
        {
            throw config.Error("image_processor_type", $"{name} is not known; known are {string.Join(", ", ByName.Keys)}");
        }

        bool ruledSlow = modelType is "clip" or "siglip" or "llava_next_video";
        bool ruledFast = plain == "Qwen2VLImageProcessor";
        var byRule = !ruledSlow && (fast || ruledFast) ? ProcessorVariant.Fast : ProcessorVariant.Slow;
        return create(config, variant ?? byRule, modelType);
    }

    private static string Name(ConfigReader config, string? modelType)
    {
        if (config.Text("image_processor_type") is { } name)
        {
            return name;
        }

        if (config.Text("feature_extractor_type") is { } extractor)
        {
            return extractor.Replace("FeatureExtractor", "ImageProcessor", StringComparison.Ordinal);
        }

        return modelType is not null && ByModelType.TryGetValue(modelType, out string? ofModel)
            ? ofModel
            : throw config.Error("image_processor_type", $"is missing, and the model type {modelType ?? "is not given either"} does not tell the processor");
    }
}
