using System.Text.Json.Nodes;
using Fovea.Models;

namespace Fovea.Tests.Models;

/// <summary>Where a config has the keys of its language model.</summary>
internal static class TextKeys
{
    private static readonly string[] Objects = ["text_config", "llm_config"];

    /// <summary>The object that holds them: one of its own, or the whole.</summary>
    public static JsonObject Of(JsonObject config) => Objects.Select(name => config[name] as JsonObject).FirstOrDefault(inner => inner is not null) ?? config;

    /// <summary>The config of a checkpoint with changed keys of the language model.</summary>
    public static LoadOptions Overrides(string folder, Action<JsonObject> change)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Path(folder), "config.json")))!.AsObject();
        change(Of(config));
        return new LoadOptions { Overrides = config };
    }
}
