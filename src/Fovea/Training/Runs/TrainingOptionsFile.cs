using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Reduction;
using Fovea.Tensors.Serialization;
using Fovea.Text;

namespace Fovea.Training.Runs;

/// <summary>Reads the configuration of a run: a JSON file, and settings over it.</summary>
public static class TrainingOptionsFile
{
    private const string Owner = "the training run";

    /// <summary>
    /// Arguments of the original that decide nothing here, and those of which one value alone can be had: that value as JSON, or none for any.
    /// </summary>
    private static readonly Dictionary<string, string?> Elsewhere = new(StringComparer.Ordinal)
    {
        ["deepspeed"] = null, ["tf32"] = null, ["dataloader_num_workers"] = null, ["report_to"] = null, ["lazy_preprocess"] = null, ["evaluation_strategy"] = null,
        ["eval_strategy"] = null, ["save_strategy"] = null, ["logging_strategy"] = null, ["per_device_eval_batch_size"] = null, ["cache_dir"] = null, ["optim"] = "adamw_torch",
        ["remove_unused_columns"] = null, ["mpt_attn_impl"] = null, ["local_rank"] = null, ["run_name"] = null, ["overwrite_output_dir"] = null, ["ddp_find_unused_parameters"] = null,
        ["is_multimodal"] = null, ["double_quant"] = null, ["quant_type"] = null, ["lora_r"] = null, ["lora_alpha"] = null, ["lora_dropout"] = null,
        ["lora_weight_path"] = null, ["lora_bias"] = null, ["resume_from_checkpoint"] = null, ["do_train"] = null,
        ["bits"] = "16", ["lora_enable"] = "false", ["fp16"] = "false", ["mm_use_im_start_end"] = "false", ["mm_use_im_patch_token"] = "false", ["mm_patch_merge_type"] = "flat",
        ["mm_vision_select_feature"] = "patch", ["unfreeze_mm_vision_tower"] = "false", ["image_grid_pinpoints"] = "null",
    };

    /// <summary>Options of a new projector.</summary>
    private static readonly string[] OfQuecc =
    [
        "mm_projector_type", "vision_tower", "mm_vision_select_layer", "mm_vision_output_token_count", "mm_vision_output_text_embedding_size",
        "mm_vision_output_combined_token_count",
    ];

    /// <summary>All options with their types and defaults.</summary>
    public static IReadOnlyList<OptionInfo> Options { get; } = OptionRecord.Describe(RunJson.Lines.TrainingOptions);

    /// <summary>Reads and checks a configuration.</summary>
    /// <param name="path">A file that holds one JSON object.</param>
    /// <param name="settings">Options over those of the file.</param>
    /// <param name="notes">Receives what was left unheeded.</param>
    /// <exception cref="ArgumentException">An unknown option, a value that does not fit, or options that contradict each other; the message names them.</exception>
    /// <exception cref="InvalidDataException">The file holds no JSON object.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainingOptions Read(string path, IReadOnlyDictionary<string, string> settings, Action<string> notes)
    {
        var given = new JsonObject();
        using (var document = JsonFile.Parse(path))
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException($"{path} holds no JSON object.");
            }

            foreach (var property in document.RootElement.EnumerateObject())
            {
                Add(given, property.Name, JsonNode.Parse(property.Value.GetRawText()), path, notes);
            }
        }

        foreach (var (name, value) in settings)
        {
            Add(given, name, OptionRecord.ParseValue(value), "--set", notes);
        }

        var options = OptionRecord.Read(Owner, given, RunJson.Lines.TrainingOptions);
        TrainingOptionsCheck.Check(options);
        foreach (string name in options.MmVisionTokenCompressionType is null ? OfQuecc.Where(name => given[name] is not null) : [])
        {
            notes($"{name} has no effect without mm_vision_token_compression_type.");
        }

        return options;
    }

    private static void Add(JsonObject given, string name, JsonNode? value, string source, Action<string> notes)
    {
        var option = Options.FirstOrDefault(known => known.Name == name);
        if (option is not null)
        {
            // Command lines of the original say True and False.
            given[name] = option.Type == "true|false" && value is JsonValue text && text.TryGetValue(out string? word) && bool.TryParse(word, out bool flag) ? flag : value;
        }
        else if (!Elsewhere.TryGetValue(name, out string? only))
        {
            throw new ArgumentException($"{source}: there is no option '{name}'; did you mean {NearestName.Of(name, Options.Select(known => known.Name))}? fovea train --options lists them.");
        }
        else if (only is not null && !string.Equals(value?.ToString() ?? "null", only, StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"{source}: {name} can only be {only} here, not {value?.ToJsonString() ?? "null"}.");
        }
        else
        {
            notes($"{source}: {name} has no effect here.");
        }
    }
}
