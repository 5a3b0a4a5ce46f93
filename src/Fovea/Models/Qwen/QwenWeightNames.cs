using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Models.Qwen;

/// <summary>The names under which Qwen models are stored: as published for Qwen2-VL and Qwen2.5-VL, and as Qwen3-VL and newer library versions have them.</summary>
internal static class QwenWeightNames
{
    private static readonly (string Stored, string Canonical)[] Prefixes =
    [
        ("model.visual.", "visual."),
        ("model.language_model.", "lm."),
        ("model.", "lm."),
    ];

    /// <summary>All tensors under canonical names.</summary>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static Dictionary<string, Tensor> Canonical(CheckpointReader weights) => WeightNames.Canonical(weights, Prefixes);

    /// <summary>Stored weights that are computed here.</summary>
    public static bool IsIgnored(string canonical) => canonical.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || canonical.EndsWith(".rotary_pos_emb.inv_freq", StringComparison.Ordinal);
}
