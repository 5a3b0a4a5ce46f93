using System.Text.Json.Nodes;

namespace Fovea.Reduction.Methods;

/// <summary>
/// The configurations that orailix/PACT ships, by their file names, and with the values of its scripts or of a backbone by a name with that value. Some
/// shipped files carry a share of 0 that is meant to be overridden: those are refused until it is.
/// </summary>
public static class PactPresets
{
    private const string Common = """ "visual_token_reduction": true, "keep_casual": true, "get_performance_metrics": false, "get_reduction_ratio": true """;

    private const string Share = """ "pruning_filter_wth_percentage": true, "norm_to_use": 2 """;

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["no_reduction"] = """ "visual_token_reduction": false """,
        ["pact"] = $"""
            {Common}, {Share}, "layer_for_reduction": 4, "use_DBDPC": true, "cutoff": 0.21, "vector_to_use_in_distance_clustering": "current_k_cosine", "take_mean": true,
            "include_pruned_in_mean": true, "coef_pruned": 1.5, "token_pruning": true, "use_cosine_in_token_pruning": false, "use_attention_in_token_pruning": false,
            "use_mask_in_use_attention_in_token_pruning": false, "pruning_tokeep_percentage_value": 0.55, "multiply_by_norm": true, "synchro": false, "log_output_path": "agg_pact_logs"
            """,
        ["dbdpc"] = $"""
            {Common}, "layer_for_reduction": 4, "use_DBDPC": true, "cutoff": 0.21, "vector_to_use_in_distance_clustering": "current_k_cosine", "take_mean": true,
            "include_pruned_in_mean": false, "token_pruning": false
            """,
        ["euti"] = $"""
            {Common}, {Share}, "layer_for_reduction": 4, "use_DBDPC": false, "token_pruning": true, "use_cosine_in_token_pruning": false, "use_attention_in_token_pruning": false,
            "use_mask_in_use_attention_in_token_pruning": false, "pruning_tokeep_percentage_value": 0.5, "multiply_by_norm": true
            """,
        ["fastv"] = $"""
            {Common}, {Share}, "layer_for_reduction": 4, "use_DBDPC": false, "token_pruning": true, "use_cosine_in_token_pruning": true, "use_attention_in_token_pruning": true,
            "use_mask_in_use_attention_in_token_pruning": true, "pruning_tokeep_percentage_value": 0.5, "multiply_by_norm": false
            """,
        ["vtw"] = $"""
            {Common}, "layer_for_reduction": 0, "use_DBDPC": false, "need_kq": false, "VTW_equivalant_layer_for_reduction": 4, "token_pruning": false, "withdraw_visual_tokens": true,
            "equivalent_reduc_percentage_vtw": 0.5
            """,
        ["tome"] = $"""
            {Common}, "layer_for_reduction": 0, "use_DBDPC": false, "tome_equivalant_layer_for_reduction": 4, "token_pruning": false, "use_tome": true, "perc_tokeep_tome_total": 0.0,
            "synchro": true
            """,
        ["kmeans"] = $"""{Common}, "layer_for_reduction": 4, "use_DBDPC": false, "token_pruning": false, "use_kmeans": true, "perc_tokeep_kmeans": 0.5, "synchro": true""",
        ["dpc"] = $"""{Common}, "layer_for_reduction": 4, "use_DBDPC": false, "token_pruning": false, "use_dpc": true, "percentage_to_keep_dpc": 0.0""",
        ["agglomerative"] = $"""
            {Common}, "layer_for_reduction": 4, "use_DBDPC": false, "token_pruning": false, "use_agglomerative": true, "percentage_to_keep_agglomerative": 0.0, "linkage": "single"
            """,
        ["dbscan"] = $"""
            {Common}, "layer_for_reduction": 4, "use_DBDPC": false, "token_pruning": false, "use_dbscan": true, "noise_as_clusters_dbscan": true, "eps_dbscan": 0.1, "synchro": true
            """,
        ["custom_clustering"] = $"""
            {Common}, "layer_for_reduction": 4, "use_DBDPC": false, "cutoff": 0.21, "vector_to_use_in_distance_clustering": "current_k_cosine", "use_custom_merging": true, "token_pruning": false
            """,
        ["custom_pruning"] = $"""
            {Common}, {Share}, "layer_for_reduction": 4, "use_DBDPC": false, "token_pruning": true, "use_cosine_in_token_pruning": true, "use_custom_pruning": true,
            "pruning_tokeep_percentage_value": 0.5, "multiply_by_norm": true
            """,
        ["custom_combined"] = $"""
            {Common}, "pruning_filter_wth_percentage": true, "layer_for_reduction": 4, "use_DBDPC": false, "cutoff": 0.21, "vector_to_use_in_distance_clustering": "current_k_cosine",
            "use_custom_merging": true, "token_pruning": true, "use_cosine_in_token_pruning": true, "use_custom_pruning": true, "pruning_tokeep_percentage_value": 0.5
            """,
    };

    /// <summary>Published settings over a shipped file: the name, the file, what differs.</summary>
    private static readonly (string Name, string File, string Values)[] Published =
    [
        ("pact-0.21", "pact", """ "cutoff": 0.21, "pruning_tokeep_percentage_value": 0.55 """),
        ("pact-llava-onevision", "pact", """ "cutoff": 0.21, "pruning_tokeep_percentage_value": 0.55 """),
        ("pact-0.1", "pact", """ "cutoff": 0.1, "pruning_tokeep_percentage_value": 0.8 """),
        ("pact-qwen2-vl", "pact", """ "cutoff": 0.1, "pruning_tokeep_percentage_value": 0.8 """),
        ("dbdpc-0.21", "dbdpc", """ "cutoff": 0.21 """),
        ("euti-0.4", "euti", """ "pruning_tokeep_percentage_value": 0.4 """),
        ("fastv-0.353", "fastv", """ "pruning_tokeep_percentage_value": 0.353 """),
        ("tome-0.353", "tome", """ "perc_tokeep_tome_total": 0.353 """),
        ("vtw-0.353", "vtw", """ "equivalent_reduc_percentage_vtw": 0.353 """),
        ("dpc-0.4", "dpc", """ "percentage_to_keep_dpc": 0.4 """),
        ("kmeans-0.4", "kmeans", """ "perc_tokeep_kmeans": 0.4 """),
        ("agglomerative-0.4", "agglomerative", """ "percentage_to_keep_agglomerative": 0.4 """),
        ("dbscan-0.7", "dbscan", """ "eps_dbscan": 0.7 """),
        ("custom_clustering-3", "custom_clustering", """ "cutoff": 3 """),
        ("custom_pruning-0.353", "custom_pruning", """ "pruning_tokeep_percentage_value": 0.353 """),
        ("custom_combined-0.7", "custom_combined", """ "pruning_tokeep_percentage_value": 0.7, "cutoff": 2 """),
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Files.Keys, .. Published.Select(preset => preset.Name)];

    /// <summary>The keys that a preset sets.</summary>
    /// <exception cref="ArgumentException">Unknown name; the message lists all.</exception>
    public static JsonObject Find(string name)
    {
        int published = Array.FindIndex(Published, preset => preset.Name == name);
        if (!Files.TryGetValue(published < 0 ? name : Published[published].File, out string? text))
        {
            throw new ArgumentException($"preset is '{name}'; known are {string.Join(", ", Names)}.");
        }

        var keys = Parse(text);
        Lay(keys, Parse(published < 0 ? "" : Published[published].Values));
        return keys;
    }

    /// <summary>Options as someone gave them, over the preset that they name; without any, the published configuration. A method that is named is switched on.</summary>
    internal static JsonObject Complete(JsonObject given)
    {
        string preset = given["preset"] is JsonValue value && value.TryGetValue(out string? name) ? name : given.Count == 0 ? "pact" : "";
        var keys = preset.Length > 0 ? Find(preset) : new JsonObject { ["visual_token_reduction"] = true };
        Lay(keys, given);
        return keys;
    }

    /// <summary>Sets the keys of <paramref name="over"/> in <paramref name="keys"/>.</summary>
    internal static void Lay(JsonObject keys, JsonObject over)
    {
        foreach (var (key, value) in over)
        {
            keys[key] = value?.DeepClone();
        }
    }

    private static JsonObject Parse(string keys) => JsonNode.Parse("{" + keys + "}") as JsonObject ?? [];
}
