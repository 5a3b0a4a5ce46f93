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

    // What stands beside the weights: tokenizers, templates, processors, end tokens. Model cards speak of the model that was loaded.
    private static readonly string[] Extensions = [".json", ".jinja", ".model", ".txt"];

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

    /// <summary>Copies what stands beside weights and config: tokenizer, chat template, processors, end tokens.</summary>
    /// <param name="source">A checkpoint.</param>
    /// <param name="folder">Where to; what is there already stays.</param>
    public static void CopyOthers(string source, string folder)
    {
        foreach (string file in Directory.EnumerateFiles(source))
        {
            string name = Path.GetFileName(file), target = Path.Combine(folder, name);
            if (Extensions.Contains(Path.GetExtension(name)) && name != ConfigFile && !name.EndsWith(".index.json", StringComparison.Ordinal) && !File.Exists(target))
            {
                File.Copy(file, target);
            }
        }
    }

    /// <summary>Writes weights into one file.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="stored">The weights as they are stored.</param>
    /// <param name="changed">f32 values that replace stored ones of the same name.</param>
    /// <param name="elementType">The type of all; none = each as it is stored.</param>
    /// <exception cref="InvalidDataException">A number is too large for its type.</exception>
    public static void WriteWeights(string folder, IReadOnlyDictionary<string, Tensor> stored, IReadOnlyDictionary<string, Tensor> changed, ElementType? elementType)
    {
        var made = new List<Tensor>();
        try
        {
            var written = new Dictionary<string, Tensor>(StringComparer.Ordinal);
            foreach (var (name, tensor) in stored)
            {
                bool isChanged = changed.TryGetValue(name, out var value);
                var type = tensor.ElementType is ElementType.F32 or ElementType.F16 or ElementType.BF16 ? elementType ?? tensor.ElementType : tensor.ElementType;
                written[name] = isChanged || type != tensor.ElementType ? Keep(Converted(name, value ?? tensor, type)) : tensor;
            }

            SafetensorsWriter.Write(Path.Combine(folder, WeightFile), written, new Dictionary<string, string> { ["format"] = "pt" });
        }
        finally
        {
            made.ForEach(tensor => tensor.Dispose());
        }

        Tensor Keep(Tensor tensor)
        {
            made.Add(tensor);
            return tensor;
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
