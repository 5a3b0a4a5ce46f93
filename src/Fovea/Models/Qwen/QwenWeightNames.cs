using Fovea.Nn;
using Fovea.Tensors.Serialization;

namespace Fovea.Models.Qwen;

/// <summary>The names under which Qwen models are stored: as published for Qwen2-VL and Qwen2.5-VL, and as Qwen3-VL and newer library versions have them.</summary>
internal static class QwenWeightNames
{
    /// <summary>Stored prefixes and what stands for them.</summary>
    public static readonly IReadOnlyList<NameRule> Rules =
    [
        ("model.visual.", "visual."),
        ("model.language_model.", "lm."),
        ("model.", "lm."),
    ];

    /// <summary>Opens the weights.</summary>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader Open(CheckpointFolder folder, CheckpointReader weights) =>
        WeightNames.Open([new StoredFiles(folder, weights, Rules)], folder.Options, IsIgnored);

    /// <summary>Stored weights that are computed here.</summary>
    private static bool IsIgnored(string canonical) => canonical.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || canonical.EndsWith(".rotary_pos_emb.inv_freq", StringComparison.Ordinal);
}
