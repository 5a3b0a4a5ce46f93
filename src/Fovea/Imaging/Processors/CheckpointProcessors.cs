using System.Text.Json;

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
            return OriginalLlava.Create(config, ReadTower(folder, tower), variant ?? ProcessorVariant.Slow);
        }

        string path = Path.Combine(folder, ImageFile);
        var reader = new ConfigReader(ReadJson(path), path);
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
            return new FrameProcessor(OriginalLlava.Steps(ReadTower(folder, tower), variant ?? ProcessorVariant.Slow), FrameRule.Linspace());
        }

        string path = Path.Combine(folder, VideoFile);
        path = File.Exists(path) ? path : Path.Combine(folder, ImageFile);
        var reader = new ConfigReader(ReadJson(path), path);
        return modelType == InternVlOriginal
            ? FrameProcessor.ReadOriginalInternVl(config, reader, variant ?? ProcessorVariant.Slow)
            : KnownVideoProcessors.Create(reader, modelType, variant);
    }

    private static ConfigReader ReadTower(string folder, string tower)
    {
        string file = Path.Combine(folder, ImageFile);
        file = File.Exists(file) ? file : Path.Combine(VisionTowerFolder.Find(folder, tower), ImageFile);
        return new ConfigReader(ReadJson(file), file);
    }

    private static JsonElement ReadModel(string folder)
    {
        string file = Path.Combine(folder, "config.json");
        return File.Exists(file) ? ReadJson(file) : JsonElement.Parse("{}");
    }

    private static JsonElement ReadJson(string file)
    {
        try
        {
            return JsonElement.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"{file}: {malformed.Message}", malformed);
        }
    }
}
