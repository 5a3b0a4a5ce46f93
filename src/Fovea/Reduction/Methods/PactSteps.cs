using System.Text.Json.Nodes;

namespace Fovea.Reduction.Methods;

/// <summary>A PACT configuration as the list of what it does, layer by layer.</summary>
internal static class PactSteps
{
    /// <summary>The steps in order. Nothing is checked: a file with a share of 0 that is meant to be overridden has steps too.</summary>
    public static JsonArray Of(JsonObject keys, int layers)
    {
        var steps = new JsonArray();
        if (!PactConfiguration.IsOn(keys, "visual_token_reduction"))
        {
            return steps;
        }

        int first = First(keys, layers), end = PactConfiguration.IsOn(keys, "progessive_reduction") ? layers : first + 1;
        for (int layer = Math.Max(first, 0); layer < Math.Min(end, layers); layer++)
        {
            foreach (var step in new[] { Prune(keys), Merge(keys, layer == first) })
            {
                if (step is not null)
                {
                    step.Insert(0, "before_layer", layer);
                    steps.Add((JsonNode)step);
                }
            }
        }

        return steps;
    }

    private static int First(JsonObject keys, int layers)
    {
        bool computed = PactConfiguration.IsOn(keys, "withdraw_visual_tokens") && Number(keys, "VTW_equivalant_layer_for_reduction") != -1;
        return computed
            ? Pact.WithdrawalLayer(layers, (int)Number(keys, "VTW_equivalant_layer_for_reduction"), Number(keys, "equivalent_reduc_percentage_vtw"))
            : (int)Number(keys, "layer_for_reduction");
    }

    private static JsonObject? Prune(JsonObject keys)
    {
        bool On(string key) => PactConfiguration.IsOn(keys, key);
        if (On("withdraw_visual_tokens"))
        {
            return new JsonObject { ["step"] = "prune", ["method"] = "vtw" };
        }

        if (On("prune_with_norm"))
        {
            return new JsonObject { ["step"] = "prune", ["method"] = "norm", ["select"] = "percentage", ["keep"] = Copy(keys, "pruning_tokeep_percentage_value") };
        }

        if (!On("token_pruning"))
        {
            return null;
        }

        var step = new JsonObject { ["step"] = "prune", ["method"] = On("use_custom_pruning") ? "custom" : On("use_attention_in_token_pruning") ? "fastv" : "euti", ["rotary"] = On("use_cosine_in_token_pruning") };
        if (!On("use_custom_pruning"))
        {
            step["causal_mask"] = On("use_attention_in_token_pruning") && On("use_mask_in_use_attention_in_token_pruning");
            step["keys"] = On("use_all_non_text_pruning") ? "prefix" : "visual";
            step["norm"] = On("multiply_by_norm") ? Copy(keys, "norm_to_use") : null;
        }

        bool share = On("pruning_filter_wth_percentage");
        step["select"] = share ? "percentage" : "iqr";
        step[share ? "keep" : "alpha"] = Copy(keys, share ? "pruning_tokeep_percentage_value" : "alpha_IQR");
        return step;
    }

    private static JsonObject? Merge(JsonObject keys, bool first)
    {
        bool On(string key) => PactConfiguration.IsOn(keys, key);
        JsonObject Step(string method) => new() { ["step"] = "merge", ["method"] = method, ["vectors"] = Copy(keys, "vector_to_use_in_distance_clustering") };
        JsonObject With(JsonObject step, params (string Name, JsonNode? Value)[] more)
        {
            foreach (var (name, value) in more)
            {
                step[name] = value;
            }

            return step;
        }

        if (first && On("use_DBDPC"))
        {
            bool recovers = On("include_pruned_in_mean");
            return With(
                Step("dbdpc"), ("cutoff", Copy(keys, "cutoff")), ("mean", On("take_mean")), ("recover", recovers),
                ("recover_radius", recovers ? Number(keys, "cutoff") * Number(keys, "coef_pruned") : null), ("mean_positions", On("get_mean_position_id")));
        }

        if (first && On("use_custom_merging"))
        {
            return With(Step("custom"), ("cutoff", Copy(keys, "cutoff")));
        }

        if (On("use_tome"))
        {
            return With(
                Step("tome"), ("kept_total", Copy(keys, "perc_tokeep_tome_total")), ("equivalent_layer", Copy(keys, "tome_equivalant_layer_for_reduction")), ("mean", On("take_mean")));
        }

        return !first ? null
            : On("use_kmeans") ? With(Step("kmeans"), ("keep", Copy(keys, "perc_tokeep_kmeans")))
            : On("use_dpc") ? With(Step("dpc"), ("keep", Copy(keys, "percentage_to_keep_dpc")))
            : On("use_dbscan") ? With(Step("dbscan"), ("eps", Copy(keys, "eps_dbscan")), ("min_samples", 5), ("noise_as_clusters", On("noise_as_clusters_dbscan")))
            : On("use_agglomerative") ? With(Step("agglomerative"), ("keep", Copy(keys, "percentage_to_keep_agglomerative")), ("linkage", Copy(keys, "linkage")))
            : null;
    }

    private static double Number(JsonObject keys, string key) => keys[key] is JsonValue value && value.TryGetValue(out double number)
        ? number
        : keys[key] is JsonValue whole && whole.TryGetValue(out int integer) ? integer : throw new ArgumentException($"{key} is no number.");

    private static JsonNode? Copy(JsonObject keys, string key) => keys[key]?.DeepClone();
}
