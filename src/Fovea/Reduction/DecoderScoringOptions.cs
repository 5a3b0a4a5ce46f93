using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Fovea.Reduction;

/// <summary>Options that every method has which scores visual tokens between decoder layers, named as in the PriorTR framework.</summary>
public abstract record DecoderScoringOptions
{
    /// <summary>K.</summary>
    [Description("K: the cut is before decoder layer K, K = number of layers cuts behind the last; a list makes several cuts, each layer once; not set = the method's own")]
    [JsonConverter(typeof(WholeNumbersConverter))]
    public IReadOnlyList<int>? PruneLayer { get; init; }

    /// <summary>Count.</summary>
    [Description("visual tokens to keep at a cut, from 0; one for all cuts or one for each; goes before score_threshold and keep_ratio")]
    [JsonConverter(typeof(WholeNumbersConverter))]
    public IReadOnlyList<int>? KeepTokens { get; init; }

    /// <summary>Share.</summary>
    [Description("share of the tokens in front of a cut to keep, in [0, 1], such as 0.25 or 1/3; the product is cut towards zero; one for all cuts or one for each")]
    [JsonConverter(typeof(NumbersConverter))]
    public IReadOnlyList<double>? KeepRatio { get; init; }

    /// <summary>Threshold.</summary>
    [Description("keep what scores more than this, at least one token; one for all cuts or one for each; goes before keep_ratio")]
    [JsonConverter(typeof(NumbersConverter))]
    public IReadOnlyList<double>? ScoreThreshold { get; init; }

    /// <summary>Floor of a share.</summary>
    [Description("the least that keep_ratio keeps: 1, or 0 to let a small share drop everything")]
    public int KeepLeast { get; init; } = 1;

    /// <summary>Special tokens.</summary>
    [Description("whether class tokens and row ends are scored and dropped like other visual tokens, instead of staying")]
    public bool SpecialTokens { get; init; }

    /// <summary>Mask.</summary>
    [Description("whether an attention row sees only the tokens in front of it, as in the layer; false = all tokens, as PriorTR's Qwen copies score under sdpa")]
    public bool CausalScores { get; init; } = true;
}
