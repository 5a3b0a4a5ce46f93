using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Tensors;

namespace Fovea.Models.Quantization;

/// <summary>The <c>config.json</c> of a checkpoint that was converted.</summary>
internal static class QuantizedConfig
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the config of the original with a <c>quantization_config</c>, if anything became integers.</summary>
    /// <param name="path">The file.</param>
    /// <param name="original">The checkpoint that was converted.</param>
    /// <param name="modules">Its linear layers.</param>
    public static void Write(string path, CheckpointFolder original, IReadOnlyList<PlannedModule> modules)
    {
        var config = JsonObject.Create(original.Config) ?? [];
        if (modules.Any(module => module.Format is { HasScales: true }))
        {
            config["quantization_config"] = Quantization(modules);
        }

        File.WriteAllText(path, config.ToJsonString(Indented));
    }

    /// <summary>The most frequent format is that of all linear layers, others name theirs: a whole name goes before a class.</summary>
    private static JsonObject Quantization(IReadOnlyList<PlannedModule> modules)
    {
        var groups = new JsonObject();
        var formats = modules.Select(module => module.Format).OfType<WeightFormat>().GroupBy(format => format).OrderByDescending(group => group.Count()).Select(group => group.Key);
        foreach (var (index, format) in formats.Index())
        {
            groups[$"group_{index}"] = new JsonObject
            {
                ["targets"] = index == 0 ? new JsonArray("Linear") : Names(modules.Where(module => module.Format == format).Select(module => module.Module)),
                ["weights"] = Scheme(format),
                ["input_activations"] = null,
                ["output_activations"] = null,
            };
        }

        return new JsonObject
        {
            ["quant_method"] = CompressedTensors.Method,
            ["format"] = CompressedTensorsScheme.Packed,
            ["quantization_status"] = CompressedTensors.Compressed,
            ["ignore"] = Names(modules.Where(module => module.Format is null).Select(module => module.Module)),
            ["kv_cache_scheme"] = null,
            ["config_groups"] = groups,
        };
    }

    private static JsonObject Scheme(WeightFormat format) => new()
    {
        ["num_bits"] = format.Bits,
        ["type"] = "int",
        ["symmetric"] = true,
        ["strategy"] = CompressedTensorsScheme.OfGroups,
        ["group_size"] = format.Group,
        ["dynamic"] = false,
    };

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode?)name)]);
}
