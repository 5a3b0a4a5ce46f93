using System.Text.Json.Nodes;

namespace Fovea.Reduction.Methods;

/// <summary>
/// One of the five copies that PriorTR's repository (CodeChildCZJ/PriorTR) has of its framework, one for each model: what it knows by which name, and its
/// defaults. Where the copies differ in what they compute, <see cref="PriorTrConfiguration"/> says so to the methods.
/// </summary>
public sealed class PriorTrCopy
{
    private const string Common = """ "head_aggregation": "mean", "clse_cutoff_ratio": 0.1, "clse_temp": 0.1, "ref_layers": [] """;
    private readonly string _defaults;

    private PriorTrCopy(string name, string defaults) => (Name, _defaults) = (name, $$"""{ {{Common}}, {{defaults}} }""");

    /// <summary>LLaVA-1.5 and 1.6.</summary>
    public static PriorTrCopy Llava { get; } = new("llava", """ "enabled": false, "strategy": "priortr", "prune_layer": 3, "keep_ratio": 0.25, "keep_tokens": null, "query_aggregation": null, "retain_ratio": null """)
    {
        Strategies = ["priortr", "clse"],
        LoaderArguments = ["pretrained", "truncation", "device", "batch_size", "model_name", "attn_implementation", "device_map", "conv_template", "use_cache", "tie_weights", "truncate_context", "customized_config"],
        QuestionWithLast = true,
    };

    /// <summary>InternVL2.5.</summary>
    public static PriorTrCopy InternVl { get; } = new("internvl", """ "enabled": false, "strategy": "priortr", "prune_layer": 2, "keep_ratio": 0.25, "keep_tokens": null, "query_aggregation": "question" """)
    {
        Strategies = ["priortr", "fastv"],
        LoaderArguments = ["pretrained", "max_num", "device", "device_map", "batch_size"],
        UnknownFields = ["ref_layers", "clse_cutoff_ratio", "clse_temp"],
        QuestionWithLast = true,
        NullToken = 1,
        FastVRows = RowAggregation.Sum,
    };

    /// <summary>Qwen2-VL.</summary>
    public static PriorTrCopy Qwen2 { get; } = new("qwen2", QwenDefaults)
    {
        Strategies = ["fastv", "priortr", "clse"],
        LoaderArguments = ["pretrained", "device", "device_map", "batch_size", "use_cache", "use_flash_attention_2", "max_length", "max_pixels", "min_pixels", "max_num_frames", "system_prompt", "interleave_visuals", "reasoning_prompt"],
        ArgumentFields = ["enabled", "strategy", "keep_ratio", "keep_tokens", "retain_ratio", "clse_cutoff_ratio", "clse_temp", "prune_layer", "query_aggregation", "head_aggregation"],
        InertFields = ["token_merge", "merge_clusters", "important_ratio", "prior_prompt", "prior_mode", "video_pruning_mode", "debug"],
        KeepsAtLeastOne = true,
        LastCutBefore = 0,
        KeepNoneSkips = true,
    };

    /// <summary>Qwen3-VL.</summary>
    public static PriorTrCopy Qwen3 { get; } = new("qwen3", QwenDefaults)
    {
        Strategies = ["fastv", "priortr_2f", "sparsevlm", "priortr", "vispruner", "clse"],
        LoaderArguments = ["pretrained", "device", "device_map", "batch_size", "use_cache", "attn_implementation", "min_pixels", "max_pixels", "max_num_frames", "use_custom_video_loader", "fps", "max_image_size", "system_prompt", "interleave_visuals", "reasoning_prompt"],
        ArgumentFields = ["enabled", "strategy", "keep_ratio", "keep_tokens", "retain_ratio", "clse_cutoff_ratio", "clse_temp", "prune_layer", "query_aggregation", "head_aggregation", "token_merge", "merge_clusters", "important_ratio"],
        InertFields = ["merge_clusters", "prior_prompt", "prior_mode", "video_pruning_mode", "debug"],
        KeepsAtLeastOne = true,
    };

    /// <summary>Video-LLaVA.</summary>
    public static PriorTrCopy Video { get; } = new(
        "video",
        """
        "enabled": false, "strategy": "priortr_2f", "prune_layer": 16, "keep_ratio": 0.25, "keep_tokens": null, "query_aggregation": "last", "clse_grid_t": 8, "clse_grid_h": 16,
        "clse_grid_w": 16, "clse_fft_3d": false, "prior_prompt": "", "adaptive_layer": false, "candidate_layers": [4, 8, 12, 16, 20, 24, 28], "score_threshold": null
        """)
    {
        Strategies = ["priortr_2f", "fastv", "clse"],
        LoaderArguments =
        [
            "model_path", "cache_dir", "video_dir", "gt_file_question", "gt_file_answers", "output_dir", "output_name", "num_chunks", "chunk_idx", "device", "model_base", "model_max_length",
            "num_samples", "question_file", "image_folder", "answers_file", "conv_mode", "temperature", "top_p", "num_beams", "max_new_tokens",
        ],
        ArgumentFields = ["enabled", "strategy", "prune_layer", "keep_tokens", "query_aggregation", "head_aggregation", "ref_layers", "clse_cutoff_ratio", "clse_temp"],
        InertFields = ["prior_prompt"],
        FastVRows = RowAggregation.Sum,
        FastVWithLast = true,
        PriorLayer = PriorLayer.Next,
        ClseEpsilon = 1e-6,
    };

    /// <summary>All copies.</summary>
    public static IReadOnlyList<PriorTrCopy> All { get; } = [Llava, InternVl, Qwen2, Qwen3, Video];

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>The strategies that it has.</summary>
    public required IReadOnlyList<string> Strategies { get; init; }

    /// <summary>Arguments of its command line that say how the model is loaded and run.</summary>
    public required IReadOnlyList<string> LoaderArguments { get; init; }

    /// <summary>Fields of the configuration that its command line sets; empty = all.</summary>
    public IReadOnlyList<string> ArgumentFields { get; private init; } = [];

    /// <summary>Fields that it has and does nothing with.</summary>
    public IReadOnlyList<string> InertFields { get; private init; } = [];

    /// <summary>The configuration's fields with their defaults.</summary>
    public JsonObject Defaults()
    {
        var defaults = JsonNode.Parse(_defaults) as JsonObject ?? [];
        foreach (string field in UnknownFields)
        {
            defaults.Remove(field);
        }

        return defaults;
    }

    /// <summary>The copy of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists them.</exception>
    public static PriorTrCopy Find(string name) => All.FirstOrDefault(copy => copy.Name == name)
        ?? throw new ArgumentException($"PriorTR has no copy '{name}'; it has {string.Join(", ", All.Select(copy => copy.Name))}.");

    internal int NullToken { get; private init; }

    internal bool QuestionWithLast { get; private init; }

    internal bool FastVWithLast { get => field || QuestionWithLast; private init; }

    internal RowAggregation FastVRows { get; private init; }

    internal PriorLayer PriorLayer { get; private init; }

    internal double ClseEpsilon { get; private init; }

    /// <summary>Whether shares keep a token, budgets may be lists, and lists of layers stay in their order (the Qwen copies).</summary>
    internal bool KeepsAtLeastOne { get; private init; }

    /// <summary>Whether a count of 0 leaves the stage out instead of dropping everything.</summary>
    internal bool KeepNoneSkips { get; private init; }

    /// <summary>1 where a cut behind the last layer happens, 0 where it does not.</summary>
    internal int LastCutBefore { get; private init; } = 1;

    private IReadOnlyList<string> UnknownFields { get; init; } = [];

    private static string QwenDefaults => """
        "enabled": false, "strategy": "priortr", "prune_layer": 3, "keep_ratio": 0.1111, "keep_tokens": null, "score_threshold": null, "retain_ratio": null, "token_merge": false,
        "merge_clusters": 10, "important_ratio": 0.5, "query_aggregation": "auto", "prior_prompt": "", "prior_mode": "truncate", "video_pruning_mode": "none", "debug": false
        """;
}
