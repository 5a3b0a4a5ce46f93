using System.Text.Json.Nodes;
using Fovea.Tensors.Serialization;

namespace Fovea.Benchmarks;

/// <summary>
/// A checkpoint of a published model's shape with random weights. Tokenizer, prompt format and everything else that is no size come from a small checkpoint of
/// the same family in the tree.
/// </summary>
/// <param name="Name">What tables call it.</param>
/// <param name="Template">The small checkpoint.</param>
/// <param name="Config">What is different in <c>config.json</c>; objects are merged.</param>
/// <param name="Processor">What is different in <c>preprocessor_config.json</c>.</param>
/// <param name="Fill">Makes the weights.</param>
internal sealed record SyntheticFamily(string Name, string Template, string Config, string Processor, Action<SyntheticWeights> Fill)
{
    /// <summary>Layers of the published language model, where fewer are built and the rest is extrapolated; 0 = all are built.</summary>
    public int PublishedLayers { get; init; }

    /// <summary>Writes the checkpoint.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        string from = Path.Combine("tests", "golden", "checkpoints", Template);
        foreach (string file in Directory.EnumerateFiles(from).Where(file => !file.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        Change(Path.Combine(folder, "config.json"), Config);
        Change(Path.Combine(folder, "preprocessor_config.json"), Processor);
        string videos = Path.Combine(folder, "video_preprocessor_config.json");
        if (File.Exists(videos))
        {
            Change(videos, Processor);
        }

        var weights = new SyntheticWeights();
        Fill(weights);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), weights.Tensors);
        foreach (var tensor in weights.Tensors.Values)
        {
            tensor.Dispose();
        }
    }

    private static void Change(string file, string changes)
    {
        var keys = JsonNode.Parse(File.ReadAllText(file))?.AsObject() ?? [];
        Merge(keys, JsonNode.Parse(changes)?.AsObject() ?? []);
        File.WriteAllText(file, keys.ToJsonString());
    }

    private static void Merge(JsonObject keys, JsonObject changes)
    {
        foreach (var (key, value) in changes)
        {
            if (value is JsonObject inner && keys[key] is JsonObject existing && !key.EndsWith("size", StringComparison.Ordinal))
            {
                Merge(existing, inner);
            }
            else
            {
                keys[key] = value?.DeepClone();
            }
        }
    }
}
