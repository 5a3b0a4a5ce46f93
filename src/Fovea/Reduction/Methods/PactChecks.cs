using Fovea.Reduction.Clustering;

namespace Fovea.Reduction.Methods;

/// <summary>Refuses settings of <see cref="Pact"/> that contradict each other or are out of range, before any model is loaded.</summary>
internal static class PactChecks
{
    private static readonly string[] VectorNames = ["current_k", "current_q", "current_k_cosine", "current_q_cosine"];

    /// <summary>The three checks that the reference makes when it reads a configuration.</summary>
    /// <exception cref="ArgumentException">Two clusterings, two prunings, or no single selection rule.</exception>
    public static void Exclusive(Func<string, bool> isOn)
    {
        AtMostOne(isOn, "use_DBDPC", "use_tome", "use_kmeans", "use_dpc", "use_agglomerative", "use_dbscan");
        AtMostOne(isOn, "prune_with_norm", "token_pruning", "withdraw_visual_tokens");
        if (isOn("token_pruning") && isOn("use_IQR_in_token_pruning") == isOn("pruning_filter_wth_percentage"))
        {
            throw new ArgumentException("token_pruning takes exactly one of use_IQR_in_token_pruning and pruning_filter_wth_percentage.");
        }
    }

    /// <summary>Everything that can be known without a model.</summary>
    /// <exception cref="ArgumentException">The message names the key and its range.</exception>
    public static void Check(PactOptions options)
    {
        var defects = PactDefect.Parse(options.Compatibility);
        Exclusive(key => key switch
        {
            "use_DBDPC" => options.UseDbdpc,
            "use_tome" => options.UseTome,
            "use_kmeans" => options.UseKmeans,
            "use_dpc" => options.UseDpc,
            "use_agglomerative" => options.UseAgglomerative,
            "use_dbscan" => options.UseDbscan,
            "prune_with_norm" => options.PruneWithNorm,
            "token_pruning" => options.TokenPruning,
            "withdraw_visual_tokens" => options.WithdrawVisualTokens,
            "use_IQR_in_token_pruning" => options.UseIqrInTokenPruning,
            _ => options.PruningFilterWithPercentage,
        });
        Require(options.LayerForReduction >= 0, "layer_for_reduction", options.LayerForReduction, "a decoder layer from 0");
        if (!options.VisualTokenReduction)
        {
            return;
        }

        CheckPruning(options, defects);
        CheckMerging(options, defects);
    }

    /// <summary>What a decoder of so many layers allows.</summary>
    /// <exception cref="ArgumentException">The message names the key and its range.</exception>
    public static void CheckLayers(PactOptions options, int layers)
    {
        if (!options.VisualTokenReduction)
        {
            return;
        }

        void Layer(bool used, string key, int layer, int last) => Require(!used || layer <= last, key, layer, $"at most {last} in this model, which has {layers} layers");
        bool computed = options.WithdrawVisualTokens && options.VtwEquivalentLayer >= 0;
        Layer(!computed, "layer_for_reduction", options.LayerForReduction, layers - 1);
        Layer(computed, "VTW_equivalant_layer_for_reduction", options.VtwEquivalentLayer, layers);
        Layer(options.UseTome, "tome_equivalant_layer_for_reduction", options.TomeEquivalentLayer, layers);
    }

    /// <summary>Refuses a ToMe schedule that cannot be kept. Inside a model it is clipped, as in the reference.</summary>
    /// <exception cref="ArgumentException">The first layer would merge more than half of its tokens; the message names the key and its range.</exception>
    public static void CheckSchedule(PactOptions options, int layers)
    {
        double least = 1 - ((layers + 1.0) * ((2 * layers) + 1) / (12.0 * Math.Max(1, layers - options.TomeEquivalentLayer)));
        Require(
            !options.VisualTokenReduction || !options.UseTome || options.PercTokeepTomeTotal >= least, "perc_tokeep_tome_total", options.PercTokeepTomeTotal,
            FormattableString.Invariant($"at least {least:0.####} in this model of {layers} layers with tome_equivalant_layer_for_reduction {options.TomeEquivalentLayer}: below, the first layer would merge more than half of its tokens"));
    }

    private static void CheckPruning(PactOptions options, IReadOnlySet<string> defects)
    {
        bool byShare = (options.TokenPruning && options.PruningFilterWithPercentage) || options.PruneWithNorm;
        bool zero = defects.Contains(PactDefect.KeepZeroKeepsAll) || defects.Contains(PactDefect.KeepZeroKeepsAllButMinimum);
        Share(!byShare || (zero && options.PruningTokeepPercentageValue == 0), "pruning_tokeep_percentage_value", options.PruningTokeepPercentageValue);
        Require(!options.TokenPruning || options.NormToUse >= 1, "norm_to_use", options.NormToUse, "at least 1");
        Require(double.IsFinite(options.AlphaIqr), "alpha_IQR", options.AlphaIqr, "a number");
        if (!options.WithdrawVisualTokens)
        {
            return;
        }

        Require(options.EquivalentReducPercentageVtw is >= 0 and <= 1, "equivalent_reduc_percentage_vtw", options.EquivalentReducPercentageVtw, "in [0, 1]");
        Require(options.VtwEquivalentLayer >= -1, "VTW_equivalant_layer_for_reduction", options.VtwEquivalentLayer, "a decoder layer from 0, or -1");
        if (options.UseDbdpc || options.UseTome || options.UseKmeans || options.UseDpc || options.UseAgglomerative || options.UseDbscan || options.UseCustomMerging)
        {
            throw new ArgumentException("withdraw_visual_tokens leaves nothing to merge: switch the clustering off.");
        }
    }

    private static void CheckMerging(PactOptions options, IReadOnlySet<string> defects)
    {
        Require(!options.UseDbdpc || options.Cutoff is >= 0 and <= 2, "cutoff", options.Cutoff, "a cosine distance, in [0, 2]");
        Require(!options.UseCustomMerging || options.Cutoff is >= 0 and <= int.MaxValue, "cutoff", options.Cutoff, "at least 0");
        Require(!options.UseDbdpc || (options.CoefPruned >= 0 && double.IsFinite(options.CoefPruned)), "coef_pruned", options.CoefPruned, "at least 0");
        Require(VectorNames.Contains(options.Vectors), "vector_to_use_in_distance_clustering", options.Vectors, $"one of {string.Join(", ", VectorNames)}");
        Share(!options.UseTome, "perc_tokeep_tome_total", options.PercTokeepTomeTotal);
        Require(!options.UseTome || options.TomeEquivalentLayer >= 0, "tome_equivalant_layer_for_reduction", options.TomeEquivalentLayer, "a decoder layer from 0");
        Share(!options.UseKmeans, "perc_tokeep_kmeans", options.PercTokeepKmeans);
        Share(!options.UseDpc || (defects.Contains(PactDefect.ZeroCentresKeepLastToken) && options.PercentageToKeepDpc == 0), "percentage_to_keep_dpc", options.PercentageToKeepDpc);
        Share(!options.UseAgglomerative, "percentage_to_keep_agglomerative", options.PercentageToKeepAgglomerative);
        Require(!options.UseAgglomerative || LinkageOf(options.Linkage) is not null, "linkage", options.Linkage, "single, average or complete (the reference's ward is single linkage under another name, or fails)");
        Require(!options.UseDbscan || (options.EpsDbscan > 0 && double.IsFinite(options.EpsDbscan)), "eps_dbscan", options.EpsDbscan, "above 0");
    }

    /// <summary>The linkage of this name, or none.</summary>
    public static Linkage? LinkageOf(string? name) => name switch
    {
        "single" => Linkage.Single,
        "average" => Linkage.Average,
        "complete" => Linkage.Complete,
        _ => null,
    };

    private static void AtMostOne(Func<string, bool> isOn, params string[] keys)
    {
        string[] on = Array.FindAll(keys, key => isOn(key));
        if (on.Length > 1)
        {
            throw new ArgumentException($"{string.Join(" and ", on)} are on at once; at most one of {string.Join(", ", keys)} may be.");
        }
    }

    private static void Share(bool unused, string key, double value) => Require(unused || value is > 0 and <= 1, key, value, "a kept share, in (0, 1]");

    private static void Require(bool holds, string key, object? value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException(FormattableString.Invariant($"{key} is {value ?? "null"}; it is {range}."));
        }
    }
}
