using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Imaging;
using Fovea.Tensors.Serialization;

namespace Fovea.Models;

/// <summary>A folder in the Hugging Face layout: its JSON files, and its weights once they are opened.</summary>
public sealed class CheckpointFolder
{
    private static readonly string[] WeightFiles =
        ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"];

    private CheckpointFolder(string path, JsonElement config, LoadOptions options)
    {
        Path = path;
        Config = config;
        Options = options;
    }

    /// <summary>How it is loaded.</summary>
    public LoadOptions Options { get; }

    /// <summary>How pictures are resized.</summary>
    public ProcessorVariant? Processing => Options.Processing;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary><c>config.json</c>, overrides applied.</summary>
    public JsonElement Config { get; }

    /// <summary>Opens a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">How it is loaded; none = as the checkpoint says.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no <c>config.json</c>.</exception>
    /// <exception cref="InvalidDataException"><c>config.json</c> is no JSON object.</exception>
    public static CheckpointFolder Open(string path, LoadOptions? options = null)
    {
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"There is no model folder {path}.");
        }

        string file = System.IO.Path.Combine(path, "config.json");
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"{path} holds no config.json; a folder in the Hugging Face layout is needed.", file);
        }

        return new CheckpointFolder(path, Merge(ParseObject(file), options?.Overrides), options ?? LoadOptions.Default);
    }

    /// <summary>Layers of the language model, as <c>config.json</c> says; none where it leaves them to the defaults of its family.</summary>
    public int? DecoderLayers => LanguageKeys is { ValueKind: JsonValueKind.Object } text && text.TryGetProperty("num_hidden_layers", out var layers)
        && layers.ValueKind == JsonValueKind.Number && layers.TryGetInt32(out int count) ? count : null;

    /// <summary>Whether <c>config.json</c> says that the head of the language model is the embedding.</summary>
    internal bool TiesHead => IsTied(Config) || IsTied(LanguageKeys);

    /// <summary>Whether there are weights of a whole model.</summary>
    public bool HasWeights => WeightFiles.Any(name => File.Exists(System.IO.Path.Combine(Path, name)));

    /// <summary>Reads another JSON file of the folder, if it is there.</summary>
    /// <exception cref="InvalidDataException">It is no JSON object.</exception>
    public JsonElement? Read(string name)
    {
        string file = System.IO.Path.Combine(Path, name);
        return File.Exists(file) ? ParseObject(file) : null;
    }

    /// <summary>The end tokens: those of <c>generation_config.json</c>, else those that the config of the language model names.</summary>
    public IReadOnlyList<int> EndTokens(TextConfig text)
    {
        var named = Read("generation_config.json") is { } generation ? new ConfigReader("generation_config.json", generation).Wholes("eos_token_id") : [];
        return named.Count > 0 ? named : text.EosTokenId;
    }

    /// <summary>
    /// Maps the weights: <c>model.safetensors</c>, else the shards that <c>model.safetensors.index.json</c> names, else <c>pytorch_model.bin</c>, else the
    /// shards that <c>pytorch_model.bin.index.json</c> names.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is none of them.</exception>
    /// <exception cref="InvalidDataException">A file is not well formed.</exception>
    public CheckpointReader OpenWeights()
    {
        string file = WeightFiles.Select(name => System.IO.Path.Combine(Path, name)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{Path} holds none of {string.Join(", ", WeightFiles)}.", System.IO.Path.Combine(Path, WeightFiles[0]));
        return System.IO.Path.GetFileName(file).StartsWith("model.", StringComparison.Ordinal) ? SafetensorsReader.Open(file) : TorchReader.Open(file);
    }

    private JsonElement LanguageKeys => Config.TryGetProperty("text_config", out var section) || Config.TryGetProperty("llm_config", out section) ? section : Config;

    private static bool IsTied(JsonElement keys) =>
        keys.ValueKind == JsonValueKind.Object && keys.TryGetProperty("tie_word_embeddings", out var tied) && tied.ValueKind == JsonValueKind.True;

    private static JsonElement ParseObject(string file)
    {
        using var document = JsonFile.Parse(file);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? document.RootElement.Clone()
            : throw new InvalidDataException($"{file} holds no JSON object.");
    }

    private static JsonElement Merge(JsonElement config, JsonObject? overrides)
    {
        if (overrides is null)
        {
            return config;
        }

        var merged = JsonObject.Create(config) ?? [];
        foreach (var (key, value) in overrides)
        {
            if (key.EndsWith("_config", StringComparison.Ordinal) && value is JsonObject inner && merged[key] is JsonObject existing)
            {
                foreach (var (name, replacement) in inner)
                {
                    existing[name] = replacement?.DeepClone();
                }
            }
            else
            {
                merged[key] = value?.DeepClone();
            }
        }

        return Element(merged);
    }

    /// <summary>The object as an element that does not change any more.</summary>
    internal static JsonElement Element(JsonObject json)
    {
        using var document = JsonDocument.Parse(json.ToJsonString());
        return document.RootElement.Clone();
    }
}
