using System.Text.Json;

namespace Fovea.Tensors.Serialization;

/// <summary>Writes a checkpoint in the names that libraries look for: one file, or several with an index where that would be too large.</summary>
public static class SafetensorsShards
{
    /// <summary>Writes <c>model.safetensors</c>, or <c>model-00001-of-0000N.safetensors</c> and so on with <c>model.safetensors.index.json</c>.</summary>
    /// <param name="folder">The folder; it must exist.</param>
    /// <param name="items">The tensors; in the order of their names, files get as many of them as fit.</param>
    /// <param name="limit">Most bytes of tensors in a file; a larger tensor gets a file of its own.</param>
    /// <param name="metadata">Strings for the header of every file, or none.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Write(string folder, IEnumerable<SafetensorsItem> items, long limit, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var shards = new List<List<SafetensorsItem>> { new() };
        long bytes = 0;
        foreach (var item in items.OrderBy(item => item.Name, StringComparer.Ordinal))
        {
            if (bytes > 0 && item.Bytes > limit - bytes)
            {
                shards.Add([]);
                bytes = 0;
            }

            shards[^1].Add(item);
            bytes += item.Bytes;
        }

        if (shards.Count == 1)
        {
            SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), shards[0], metadata);
            return;
        }

        string Name(int shard) => $"model-{shard + 1:D5}-of-{shards.Count:D5}.safetensors";
        for (int i = 0; i < shards.Count; i++)
        {
            SafetensorsWriter.Write(Path.Combine(folder, Name(i)), shards[i], metadata);
        }

        WriteIndex(Path.Combine(folder, "model.safetensors.index.json"), shards, Name);
    }

    private static void WriteIndex(string path, List<List<SafetensorsItem>> shards, Func<int, string> name)
    {
        using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", shards.Sum(shard => shard.Sum(item => item.Bytes)));
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        foreach (var (index, shard) in shards.Index())
        {
            foreach (var item in shard)
            {
                json.WriteString(item.Name, name(index));
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
