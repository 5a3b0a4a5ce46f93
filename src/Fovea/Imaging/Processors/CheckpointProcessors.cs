using System.Text.Json;
using Fovea.Tensors.Serialization;

namespace Fovea.Imaging.Processors;

/// <summary>Finds and reads the processors of a checkpoint folder.</summary>
internal static class CheckpointProcessors
{
    private const string ImageFile = "preprocessor_config.json";
    private const string InternVlOriginal = "internvl_chat";
    private const string VideoFile = "video_preprocessor_config.json";

    public static ImageProcessor LoadImage(string folder, ProcessorVariant? variant, JsonElement? model)
    {
        var config = new ConfigReader(model ?? ReadModel(folder), Path.Combine(folder, "config.json"));
        string? modelType = config.Text("model_type");
        if (config.Text("mm_vision_tower") is { } tower)
        {
            string file = Path.Combine(folder, ImageFile);
            file = File.Exists(file) ? file : Path.Combine(folder, tower, ImageFile);
            using var encoder = JsonFile.Parse(file);
            return OriginalLlava.Create(config, new ConfigReader(encoder.RootElement, file), variant ?? ProcessorVariant.Slow);
        }

        string path = Path.Combine(folder, ImageFile);
        using var preprocessor = JsonFile.Parse(path);
        var reader = new ConfigReader(preprocessor.RootElement, path);
        return modelType == InternVlOriginal
            ? InternVlProcessor.ReadOriginal(config, reader, variant ?? ProcessorVariant.Slow)
            : KnownProcessors.CreateImage(reader, modelType, variant);
    }

    public static VideoProcessor LoadVideo(string folder, ProcessorVariant? variant, JsonElement? model)
    {
        var config = new ConfigReader(model ?? ReadModel(folder), Path.Combine(folder, "config.json"));
        string? modelType = config.Text("model_type");
        string path = Path.Combine(folder, VideoFile);
        path = File.Exists(path) ? path : Path.Combine(folder, ImageFile);
        using var preprocessor = JsonFile.Parse(path);
        var reader = new ConfigReader(preprocessor.RootElement, path);
        return modelType == InternVlOriginal
            ? FrameProcessor.ReadOriginalInternVl(config, reader, variant ?? ProcessorVariant.Slow)
            : KnownVideoProcessors.Create(reader, modelType, variant);
    }

    private static JsonElement ReadModel(string folder)
    {
        string file = Path.Combine(folder, "config.json");
        using var document = File.Exists(file) ? JsonFile.Parse(file) : JsonDocument.Parse("{}");
        return document.RootElement.Clone();
    }
}
