using System.Text.Json;

namespace Fovea.Imaging.Processors;

/// <summary>The folder of another model, first of all the vision encoder, that a checkpoint in LLaVA's own layout names.</summary>
internal static class VisionTowerFolder
{
    /// <summary>The name in <c>config.json</c>: <c>mm_vision_tower</c>, in older files <c>vision_tower</c>; null if there is none.</summary>
    public static string? Named(JsonElement config) => Text(config, "mm_vision_tower") ?? Text(config, "vision_tower");

    /// <summary>Finds the folder: the name as a path, absolute or inside the checkpoint, or its last part beside the checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint's folder.</param>
    /// <param name="name">The name.</param>
    /// <param name="part">What is named, for the message.</param>
    /// <exception cref="DirectoryNotFoundException">It is in none of these places.</exception>
    public static string Find(string checkpoint, string name, string part = "the vision encoder")
    {
        string inside = Path.Combine(checkpoint, name);
        string beside = Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoint))) ?? "", Path.GetFileName(Path.TrimEndingDirectorySeparator(name)));
        return Directory.Exists(inside) ? inside
            : Directory.Exists(beside) ? beside
            : throw new DirectoryNotFoundException($"{checkpoint} needs {part} {name}; put its folder at {inside} or {beside}.");
    }

    private static string? Text(JsonElement config, string key) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
