using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Reduction.Methods;

/// <summary>
/// Every configuration key of orailix/PACT, spelled and defaulted as there, and two of ours: <c>preset</c> and <c>compatibility</c>. Keys that change nothing
/// say so.
/// </summary>
public sealed record PactOptions
{
    /// <summary>Master switch.</summary>
    [JsonPropertyName("visual_token_reduction"), Description("master switch; naming the method sets it, unless it is given")]
    public bool VisualTokenReduction { get; init; }

    /// <summary>l*.</summary>
    [JsonPropertyName("layer_for_reduction"), Description("decoder layer from 0 before which the reduction acts, below the model's layers; ToMe sets 0, VTW may compute it")]
    public int LayerForReduction { get; init; } = 4;

    /// <summary>At every layer from l* on.</summary>
    [JsonPropertyName("progessive_reduction"), Description("acts before every layer from layer_for_reduction on: pruning each time, merging the first time; ToMe sets it")]
    public bool ProgressiveReduction { get; init; }

    /// <summary>DBDPC.</summary>
    [JsonPropertyName("use_DBDPC"), Description("merges by distance-bounded density peaks (DBDPC); with pruning, this is PACT")]
    public bool UseDbdpc { get; init; }

    /// <summary>δ.</summary>
    [JsonPropertyName("cutoff"), Description("DBDPC: largest cosine distance to a centre, in [0, 2]; custom merging: passed on (the example's window)")]
    public double Cutoff { get; init; }

    /// <summary>What is clustered by.</summary>
    [JsonPropertyName("vector_to_use_in_distance_clustering"), Description("what is clustered by: current_k|current_q|current_k_cosine|current_q_cosine, keys or queries, 'cosine' = after rotary embedding; the distance is the same")]
    public string Vectors { get; init; } = "current_k_cosine";

    /// <summary>Means.</summary>
    [JsonPropertyName("take_mean"), Description("DBDPC, ToMe: a merged token is the mean of its members; if false, its representative alone, which still counts as many")]
    public bool TakeMean { get; init; } = true;

    /// <summary>Recovery.</summary>
    [JsonPropertyName("include_pruned_in_mean"), Description("DBDPC: pruned tokens near a centre are merged into it")]
    public bool IncludePrunedInMean { get; init; } = true;

    /// <summary>Recovery from visual tokens only.</summary>
    [JsonPropertyName("do_not_consider_non_image_tokens_as_pruned"), Description("DBDPC: only pruned visual tokens are recovered; if false, text tokens near a centre are averaged in too, and stay")]
    public bool DoNotConsiderNonImageTokensAsPruned { get; init; } = true;

    /// <summary>Recovery radius.</summary>
    [JsonPropertyName("coef_pruned"), Description("DBDPC: recovery radius = coef_pruned * cutoff, at least 0")]
    public double CoefPruned { get; init; } = 1.5;

    /// <summary>Ranks.</summary>
    [JsonPropertyName("avoid_numerical_instability_DBDPC"), Description("DBDPC: densities are compared by rank; changes something only where densities are equal")]
    public bool AvoidNumericalInstabilityDbdpc { get; init; } = true;

    /// <summary>VTW.</summary>
    [JsonPropertyName("withdraw_visual_tokens"), Description("VTW: drops all visual tokens before the layer")]
    public bool WithdrawVisualTokens { get; init; }

    /// <summary>l of VTW.</summary>
    [JsonPropertyName("VTW_equivalant_layer_for_reduction"), Description("VTW: computes the layer so that the mean token count is that of keeping equivalent_reduc_percentage_vtw from this layer on; -1 = use layer_for_reduction")]
    public int VtwEquivalentLayer { get; init; } = -1;

    /// <summary>p of VTW.</summary>
    [JsonPropertyName("equivalent_reduc_percentage_vtw"), Description("VTW: the kept share of that equivalent, in [0, 1]")]
    public double EquivalentReducPercentageVtw { get; init; }

    /// <summary>ToMe.</summary>
    [JsonPropertyName("use_tome"), Description("ToMe before every layer")]
    public bool UseTome { get; init; }

    /// <summary>P.</summary>
    [JsonPropertyName("perc_tokeep_tome_total"), Description("ToMe: kept share of the equivalent single reduction, in (0, 1]; even 1 merges one token a layer")]
    public double PercTokeepTomeTotal { get; init; } = 1;

    /// <summary>l of ToMe.</summary>
    [JsonPropertyName("tome_equivalant_layer_for_reduction"), Description("ToMe: layer of the equivalent single reduction, below the model's layers")]
    public int TomeEquivalentLayer { get; init; } = 4;

    /// <summary>k-means.</summary>
    [JsonPropertyName("use_kmeans"), Description("merges by k-means (Euclidean, 100 rounds)")]
    public bool UseKmeans { get; init; }

    /// <summary>k share.</summary>
    [JsonPropertyName("perc_tokeep_kmeans"), Description("k-means: clusters as a share of all visual tokens, in (0, 1]")]
    public double PercTokeepKmeans { get; init; } = 1;

    /// <summary>DPC.</summary>
    [JsonPropertyName("use_dpc"), Description("merges by density peaks with a fixed number of centres")]
    public bool UseDpc { get; init; }

    /// <summary>Centres.</summary>
    [JsonPropertyName("percentage_to_keep_dpc"), Description("DPC: centres as a share of the tokens left by pruning, in (0, 1]")]
    public double PercentageToKeepDpc { get; init; } = 1;

    /// <summary>Agglomerative.</summary>
    [JsonPropertyName("use_agglomerative"), Description("merges by agglomerative clustering")]
    public bool UseAgglomerative { get; init; }

    /// <summary>Clusters.</summary>
    [JsonPropertyName("percentage_to_keep_agglomerative"), Description("agglomerative: clusters as a share of the tokens left by pruning, in (0, 1]")]
    public double PercentageToKeepAgglomerative { get; init; } = 1;

    /// <summary>Linkage.</summary>
    [JsonPropertyName("linkage"), Description("agglomerative: single|average|complete")]
    public string Linkage { get; init; } = "single";

    /// <summary>DBSCAN.</summary>
    [JsonPropertyName("use_dbscan"), Description("merges by DBSCAN on normalised vectors, at least 5 neighbours")]
    public bool UseDbscan { get; init; }

    /// <summary>ε.</summary>
    [JsonPropertyName("eps_dbscan"), Description("DBSCAN: Euclidean neighbourhood, above 0 (0.7 = cosine distance 0.245)")]
    public double EpsDbscan { get; init; } = 0.1;

    /// <summary>Noise.</summary>
    [JsonPropertyName("noise_as_clusters_dbscan"), Description("DBSCAN: noise tokens stay, each by itself; if false they are dropped")]
    public bool NoiseAsClustersDbscan { get; init; }

    /// <summary>Pruning by scores.</summary>
    [JsonPropertyName("token_pruning"), Description("prunes by importance: EUTI, FastV-like or custom")]
    public bool TokenPruning { get; init; }

    /// <summary>Keys.</summary>
    [JsonPropertyName("use_all_non_text_pruning"), Description("pruning: keys of the whole prefix up to the last visual token; if false, of the visual tokens only")]
    public bool UseAllNonTextPruning { get; init; } = true;

    /// <summary>Norm only.</summary>
    [JsonPropertyName("prune_with_norm"), Description("prunes by the hidden norm alone")]
    public bool PruneWithNorm { get; init; }

    /// <summary>Rotary.</summary>
    [JsonPropertyName("use_cosine_in_token_pruning"), Description("pruning: queries and keys after rotary embedding")]
    public bool UseCosineInTokenPruning { get; init; }

    /// <summary>FastV-like.</summary>
    [JsonPropertyName("use_attention_in_token_pruning"), Description("pruning: attention of every query (FastV-like) in place of the mean query (EUTI)")]
    public bool UseAttentionInTokenPruning { get; init; }

    /// <summary>Mask.</summary>
    [JsonPropertyName("use_mask_in_use_attention_in_token_pruning"), Description("pruning with attention: causal mask")]
    public bool UseMaskInAttention { get; init; }

    /// <summary>IQR.</summary>
    [JsonPropertyName("use_IQR_in_token_pruning"), Description("pruning: keeps scores above Q1 + alpha_IQR * (Q3 - Q1); instead of pruning_filter_wth_percentage")]
    public bool UseIqrInTokenPruning { get; init; }

    /// <summary>α.</summary>
    [JsonPropertyName("alpha_IQR"), Description("pruning with IQR: the factor")]
    public double AlphaIqr { get; init; } = 0.5;

    /// <summary>Share selection.</summary>
    [JsonPropertyName("pruning_filter_wth_percentage"), Description("pruning: keeps a share of the tokens")]
    public bool PruningFilterWithPercentage { get; init; } = true;

    /// <summary>p.</summary>
    [JsonPropertyName("pruning_tokeep_percentage_value"), Description("pruning: the kept share, in (0, 1], rounded down")]
    public double PruningTokeepPercentageValue { get; init; } = 1;

    /// <summary>Norm factor.</summary>
    [JsonPropertyName("multiply_by_norm"), Description("pruning: the score is multiplied by the norm of the hidden state")]
    public bool MultiplyByNorm { get; init; }

    /// <summary>p of the norm.</summary>
    [JsonPropertyName("norm_to_use"), Description("pruning: p of that norm, at least 1")]
    public int NormToUse { get; init; } = 2;

    /// <summary>Ties.</summary>
    [JsonPropertyName("avoid_numerical_instability_prune"), Description("pruning: exactly the asked number is kept; always so here, whatever its value, unless compatibility names strict-threshold-keeps-one-fewer")]
    public bool AvoidNumericalInstabilityPrune { get; init; } = true;

    /// <summary>No bias.</summary>
    [JsonPropertyName("no_proportional_attention"), Description("attention does not count a merged token as many")]
    public bool NoProportionalAttention { get; init; }

    /// <summary>Renumber.</summary>
    [JsonPropertyName("change_position_ids"), Description("after the reduction positions run on without gaps; generated tokens go on behind the unreduced prompt")]
    public bool ChangePositionIds { get; init; }

    /// <summary>Mean positions.</summary>
    [JsonPropertyName("get_mean_position_id"), Description("DBDPC: a merged token stands at the mean position of its members, axis by axis")]
    public bool GetMeanPositionId { get; init; }

    /// <summary>No effect.</summary>
    [JsonPropertyName("synchro"), Description("no effect on the answer (times are always taken); sets get_performance_metrics and is set by it")]
    public bool Synchro { get; init; }

    /// <summary>No effect.</summary>
    [JsonPropertyName("get_performance_metrics"), Description("no effect on the answer; the metrics file has times only with it")]
    public bool GetPerformanceMetrics { get; init; }

    /// <summary>No effect.</summary>
    [JsonPropertyName("need_kq"), Description("no effect: what is computed follows from the method")]
    public bool NeedKq { get; init; } = true;

    /// <summary>No effect.</summary>
    [JsonPropertyName("do_not_upcast_to_full_precision_for_pruning"), Description("no effect: scores are computed in f32")]
    public bool DoNotUpcast { get; init; }

    /// <summary>No effect.</summary>
    [JsonPropertyName("keep_casual"), Description("no effect: both settings of the reference compute the same")]
    public bool KeepCasual { get; init; } = true;

    /// <summary>No effect.</summary>
    [JsonPropertyName("get_reduction_ratio"), Description("no effect on the answer; the metrics file has ratios only with it")]
    public bool GetReductionRatio { get; init; }

    /// <summary>Custom merging.</summary>
    [JsonPropertyName("use_custom_merging"), Description("merges by a delegate; without one by the example, means of windows of cutoff tokens")]
    public bool UseCustomMerging { get; init; }

    /// <summary>Custom pruning.</summary>
    [JsonPropertyName("use_custom_pruning"), Description("token_pruning scores by a delegate; without one by the example, <k, q> of each token, mean over heads")]
    public bool UseCustomPruning { get; init; }

    /// <summary>Log folder.</summary>
    [JsonPropertyName("log_output_path"), Description("folder of the metrics file of an evaluation; no effect on the answer")]
    public string LogOutputPath { get; init; } = "aggregated_metrics";

    /// <summary>Ours.</summary>
    [JsonPropertyName("preset"), Description("ours: a configuration of the repository by name, such as pact or pact-0.21, below the other keys; without any key it is pact")]
    public string Preset { get; init; } = "";

    /// <summary>Ours.</summary>
    [JsonPropertyName("compatibility"), Description("ours: defects of the reference to reproduce, names separated by commas; see docs/methods/pact.md")]
    public string Compatibility { get; init; } = "";
}

[JsonSerializable(typeof(PactOptions))]
internal sealed partial class PactJson : JsonSerializerContext;
