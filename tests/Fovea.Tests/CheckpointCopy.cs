using System.Text.Json.Nodes;
using Fovea.Models;
using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Tests;

/// <summary>A copy of a checkpoint that a test may change; gone when it is disposed.</summary>
internal sealed class CheckpointCopy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fovea-checkpoint");

    /// <summary>Copies a folder, its weights into one file, changed or not.</summary>
    /// <param name="source">The folder, relative to the repository.</param>
    /// <param name="weights">Changes the weights by their stored names.</param>
    /// <param name="config">Changes <c>config.json</c>.</param>
    public CheckpointCopy(string source, Action<Dictionary<string, Tensor>>? weights = null, Action<JsonObject>? config = null)
    {
        string from = Repository.Path(source);
        Copy(from, Folder, file => !IsWeights(file) || Path.GetDirectoryName(file) != from);

        using (var stored = CheckpointFolder.Open(from).OpenWeights())
        {
            var tensors = stored.Names.ToDictionary(name => name, name => stored[name]);
            weights?.Invoke(tensors);
            SafetensorsWriter.Write(Path.Combine(Folder, "model.safetensors"), tensors);
        }

        string path = Path.Combine(Folder, "config.json");
        var keys = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        if ((string?)keys["mm_vision_tower"] is { } tower && Path.Combine(from, "..", tower) is var beside && Directory.Exists(beside))
        {
            Copy(beside, Path.Combine(Folder, tower), _ => true);
        }

        config?.Invoke(keys);
        File.WriteAllText(path, keys.ToJsonString());
    }

    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Copy(string from, string to, Func<string, bool> wanted)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(wanted))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static bool IsWeights(string file) =>
        file.EndsWith(".safetensors", StringComparison.Ordinal) || file.EndsWith(".bin", StringComparison.Ordinal) || file.EndsWith(".index.json", StringComparison.Ordinal);
}
