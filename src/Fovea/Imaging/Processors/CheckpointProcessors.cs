using System.Text.Json;
using Fovea.Tensors.Serialization;

namespace Fovea.Imaging.Processors;

/// <summary>Finds and reads the processors of a checkpoint folder.</summary>
internal static class CheckpointProcessors
{
    private const string ImageFile = "preprocessor_config.json";
    private const string InternVlOriginal = "internvl_chat";
    private const string VideoFile = "video_preprocessor_config.json";

    public static ImageProcessor LoadImage(string folder, ProcessorVariant? variant, JsonElement? content)
    {
        var model = content ?? ReadModel(folder);
        var config = new ConfigReader(model, Path.Combine(folder, "config.json"));
        string? modelType = config.Text("model_type");
        if (VisionTowerFolder.Named(model) is { } tower)
        {
            string file = TowerFile(folder, tower);
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

    public static VideoProcessor LoadVideo(string folder, ProcessorVariant? variant, JsonElement? content)
    {
        var model = content ?? ReadModel(folder);
        var config = new ConfigReader(model, Path.Combine(folder, "config.json"));
        string? modelType = config.Text("model_type");
        if (VisionTowerFolder.Named(model) is { } tower)
        {
            string file = TowerFile(folder, tower);
            using var encoder = JsonFile.Parse(file);
            return new FrameProcessor(OriginalLlava.Steps(new ConfigReader(encoder.RootElement, file), variant ?? ProcessorVariant.Slow), FrameRule.Linspace());
        }

        string path = Path.Combine(folder, VideoFile);
        path = File.Exists(path) ? path : Path.Combine(folder, ImageFile);
        using var preprocessor = JsonFile.Parse(path);
        var reader = new ConfigReader(preprocessor.RootElement, path);
        return modelType == InternVlOriginal
            ? FrameProcessor.ReadOriginalInternVl(config, reader, variant ?? ProcessorVariant.Slow)
            : KnownVideoProcessors.Create(reader, modelType, variant);
    }

    /// <summary>The processor's file in the checkpoint itself, else in the folder of its vision encoder.</summary>
    private static string TowerFile(string folder, string tower) =>
        Path.Combine(folder, ImageFile) is var own && File.Exists(own) ? own : Path.Combine(VisionTowerFolder.Find(folder, tower), ImageFile);

    private static JsonElement ReadModel(string folder)
    {
        string file = Path.Combine(folder, "config.json");
        using var document = File.Exists(file) ? JsonFile.Parse(file) : JsonDocument.Parse("{}");
        return document.RootElement.Clone();
    }
}
