using System.Text.Json;

namespace Fovea.Imaging.Processors;

/// <summary>Finds and reads the processors of a checkpoint folder.</summary>
internal static class CheckpointProcessors
{
    public static ImageProcessor LoadImage(string folder, ProcessorVariant? variant)
    {
        string file = Path.Combine(folder, "preprocessor_config.json");
        using var preprocessor = ReadJson(file);
        return KnownProcessors.CreateImage(new ConfigReader(preprocessor.RootElement, file), ModelType(folder), variant);
    }

    private static string? ModelType(string folder)
    {
        string file = Path.Combine(folder, "config.json");
        if (!File.Exists(file))
        {
            return null;
        }

        using var config = ReadJson(file);
        return new ConfigReader(config.RootElement, file).Text("model_type");
    }

    private static JsonDocument ReadJson(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException($"{file}: {malformed.Message}", malformed);
        }
    }
}
