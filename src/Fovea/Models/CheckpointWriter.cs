using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Kernels;
using Fovea.Tensors.Serialization;

namespace Fovea.Models;

/// <summary>Writes folders in the Hugging Face layout so that a reader never sees half of one.</summary>
internal static class CheckpointWriter
{
    private const string ConfigFile = "config.json", WeightFile = "model.safetensors";

    // What stands beside weights and config.
    private static readonly string[] TextFiles =
    [
        "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json", "merges.txt",
        "chat_template.jinja", "chat_template.json", "generation_config.json",
    ];

    private static readonly string[] ProcessorFiles = ["preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json"];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Lets a folder be filled under another name beside its own. One that does not exist is then renamed; into one that exists, the files are moved one by
    /// one, weights before <c>config.json</c>, and no others are touched.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="fill">Writes into the folder that it is given.</param>
    public static void Write(string folder, Action<string> fill)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            Directory.CreateDirectory(partial);
            fill(partial);
            if (!Directory.Exists(path))
            {
                Directory.Move(partial, path);
                return;
            }

            foreach (string file in Directory.EnumerateFiles(partial, "*", SearchOption.AllDirectories).OrderBy(file => Path.GetFileName(file) == ConfigFile).ToList())
            {
                string target = Path.Combine(path, Path.GetRelativePath(partial, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target) ?? path);
                File.Move(file, target, overwrite: true);
            }
        }
        finally
        {
            if (Directory.Exists(partial))
            {
                Directory.Delete(partial, recursive: true);
            }
        }
    }

    /// <summary>Writes a config, with the type of the weights if they were all brought to one.</summary>
    public static void WriteConfig(string folder, JsonObject config, ElementType? elementType = null)
    {
        if (elementType is { } type)
        {
            config[config.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = type switch
            {
                ElementType.F16 => "float16",
                ElementType.BF16 => "bfloat16",
                _ => "float32",
            };
        }

        File.WriteAllText(Path.Combine(folder, ConfigFile), config.ToJsonString(Indented) + "\n");
    }

    /// <summary>Copies tokenizer, chat template and end tokens, as far as they are there.</summary>
    public static void CopyText(string source, string folder) => Copy(source, folder, TextFiles);

    /// <summary>Copies the processors of pictures and videos, as far as they are there.</summary>
    public static void CopyProcessors(string source, string folder) => Copy(source, folder, ProcessorFiles);

    /// <summary>Writes weights into <c>model.safetensors</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="weights">The weights, and the type in which each is written: its own, or f32, f16 or bf16.</param>
    /// <exception cref="InvalidDataException">A number is too large for its type.</exception>
    public static void WriteWeights(string folder, IReadOnlyDictionary<string, (Tensor Tensor, ElementType Type)> weights) =>
        Write(weights, tensors => SafetensorsWriter.Write(Path.Combine(folder, WeightFile), tensors, new Dictionary<string, string> { ["format"] = "pt" }));

    /// <summary>Writes weights into a file of PyTorch's format.</summary>
    /// <param name="file">The file.</param>
    /// <param name="weights">As in <see cref="WriteWeights"/>.</param>
    /// <exception cref="InvalidDataException">A number is too large for its type.</exception>
    public static void WriteTorch(string file, IReadOnlyDictionary<string, (Tensor Tensor, ElementType Type)> weights) =>
        Write(weights, tensors => TorchWriter.Write(file, tensors));

    private static void Write(IReadOnlyDictionary<string, (Tensor Tensor, ElementType Type)> weights, Action<Dictionary<string, Tensor>> write)
    {
        var made = new List<Tensor>();
        try
        {
            var written = new Dictionary<string, Tensor>(StringComparer.Ordinal);
            foreach (var (name, (tensor, type)) in weights)
            {
                written[name] = tensor;
                if (type != tensor.ElementType)
                {
                    made.Add(written[name] = Converted(name, tensor, type));
                }
            }

            write(written);
        }
        finally
        {
            made.ForEach(tensor => tensor.Dispose());
        }
    }

    private static void Copy(string source, string folder, string[] names)
    {
        foreach (string name in names.Where(name => File.Exists(Path.Combine(source, name))))
        {
            File.Copy(Path.Combine(source, name), Path.Combine(folder, name), overwrite: true);
        }
    }

    private static Tensor Converted(string name, Tensor tensor, ElementType type)
    {
        try
        {
            if (tensor.ElementType == ElementType.F32)
            {
                return Narrow.Copy(tensor, type);
            }

            using var wide = Tensor.Allocate(ElementType.F32, tensor.Shape);
            for (int row = 0; row < tensor.Rows; row++)
            {
                Widen.Row(tensor, row, wide.Row<float>(row));
            }

            return Narrow.Copy(wide, type);
        }
        catch (OverflowException tooLarge)
        {
            throw new InvalidDataException($"The weight {name} cannot be saved: {tooLarge.Message} Save in f32.", tooLarge);
        }
    }
}
