using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Reduction.Methods;

/// <summary>Options of <see cref="SparseVlm"/>, named as its authors name them, and beside them those of PriorTR's port.</summary>
public sealed record SparseVlmOptions : DecoderScoringOptions
{
    /// <summary>Layers.</summary>
    [Description("layers whose output is cut, from 0, each one less than in prune_layer; not set = at the depths of 2, 6 and 15 of 32")]
    [JsonConverter(typeof(WholeNumbersConverter))]
    public IReadOnlyList<int>? PruningLoc { get; init; }

    /// <summary>Counts.</summary>
    [Description("visual tokens that stay at each cut, at least 1, clusters not counted; the authors' name of keep_tokens")]
    [JsonConverter(typeof(WholeNumbersConverter))]
    public IReadOnlyList<int>? Budget { get; init; }

    /// <summary>Recycling.</summary>
    [Description("whether the best of the dropped tokens come back as the means of clusters, behind the others")]
    public bool Recycle { get; init; } = true;

    /// <summary>Recycled share.</summary>
    [Description("share of the dropped tokens that comes back, in [0, 1]")]
    public double RecycleRatio { get; init; } = 0.3;

    /// <summary>Cluster size.</summary>
    [Description("recycled tokens for each cluster, at least 1")]
    public int TokensPerCluster { get; init; } = 10;

    /// <summary>Heads.</summary>
    [Description("SparseVLM+: how many heads count, those with the largest sums (14 there); not set = all")]
    public int? PriorityHeads { get; init; }

    /// <summary>Gravity.</summary>
    [Description("SparseVLM+: divide each weight by what rotary embedding alone would give at that distance")]
    public bool GravityCorrection { get; init; }

    /// <summary>λ.</summary>
    [Description("the paper's adaptive count, in place of a budget: drop this times (tokens - rank of the raters' attention), above 0")]
    public double? RankScale { get; init; }

    /// <summary>Tolerance.</summary>
    [Description("a row of the raters' attention counts towards the rank if more than this share of the largest row is left of it, in (0, 1)")]
    public double RankTolerance { get; init; } = 1e-3;
}
