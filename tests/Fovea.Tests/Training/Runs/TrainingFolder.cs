using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Fovea.Training.Runs;

namespace Fovea.Tests.Training.Runs;

/// <summary>A folder for the runs of one test, and configurations that train the tiny LLaVA on the six samples of the reference's loops.</summary>
internal sealed class TrainingFolder : IDisposable
{
    public static readonly string Data = Repository.Path("tests/golden/training/loop/data");

    public string Path { get; } = Directory.CreateTempSubdirectory("fovea").FullName;

    public string Output => In("out");

    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a configuration with some options changed; returns its path.</summary>
    public string Write(params (string Name, JsonNode? Value)[] changes)
    {
        var options = new JsonObject
        {
            ["model_name_or_path"] = Repository.Path("tests/golden/checkpoints/llava-train-tiny"),
            ["version"] = "v1",
            ["data_path"] = System.IO.Path.Combine(Data, "instructions.json"),
            ["image_folder"] = Data,
            ["image_aspect_ratio"] = "pad",
            ["output_dir"] = Output,
            ["max_steps"] = 6,
            ["per_device_train_batch_size"] = 2,
            ["gradient_accumulation_steps"] = 2,
            ["learning_rate"] = 1e-3,
            ["warmup_ratio"] = 0,
            ["save_steps"] = 2,
        };
        foreach (var (name, value) in changes)
        {
            options[name] = value?.DeepClone();
        }

        string file = In($"{Guid.NewGuid():N}.json");
        File.WriteAllText(file, options.ToJsonString());
        return file;
    }

    /// <summary>Reads such a configuration.</summary>
    public TrainingOptions Options(params (string Name, JsonNode? Value)[] changes) => TrainingOptionsFile.Read(Write(changes), new Dictionary<string, string>(), _ => { });

    /// <summary>Writes samples as a file of data; returns its path.</summary>
    public string WriteSamples(string json)
    {
        string file = In($"{Guid.NewGuid():N}.json");
        File.WriteAllText(file, json);
        return file;
    }

    /// <summary>Runs to the end; returns what was noted.</summary>
    public static List<string> Run(TrainingOptions options, bool resume = false)
    {
        var notes = new List<string>();
        using var run = TrainingRun.Open(options, resume, new RunObserver { Note = notes.Add });
        Assert.True(run.Run(CancellationToken.None));
        return notes;
    }

    /// <summary>Everything that a run learnt: the model, and the newest checkpoint; as digests.</summary>
    public static string[] Result(string output)
    {
        string checkpoint = Directory.GetDirectories(output, "checkpoint-*").MaxBy(path => int.Parse(path.Split('-')[^1])) ?? "";
        string[] files = [System.IO.Path.Combine(output, "model.safetensors"), System.IO.Path.Combine(checkpoint, "training.safetensors")];
        return [.. files.Select(file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))))];
    }

    /// <summary>The metrics without what depends on the clock.</summary>
    public static string[] Metrics(string output) =>
    [
        .. File.ReadLines(System.IO.Path.Combine(output, "metrics.jsonl")).Select(line =>
        {
            var metrics = JsonNode.Parse(line)!.AsObject();
            metrics.Remove("samples_per_second");
            metrics.Remove("tokens_per_second");
            return metrics.ToJsonString();
        }),
    ];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
