using Fovea.Nn;
using Fovea.Tensors.Serialization;

namespace Fovea.Models.Llava;

/// <summary>
/// The canonical names of LLaVA's weights (<c>lm.*</c>, <c>lm_head.weight</c>, <c>tower.*</c>, <c>video_tower.*</c>, <c>proj.*</c>, <c>newline</c>), whichever way a checkpoint spells them:
/// as published (head inside the language model) or as newer library versions save them (head outside). Decided name by name.
/// </summary>
internal static class LlavaWeightNames
{
    /// <summary>Stored prefixes and what stands for them.</summary>
    public static readonly IReadOnlyList<NameRule> Rules =
    [
        ("language_model.lm_head.", "lm_head."),
        ("language_model.model.", "lm."),
        ("model.language_model.", "lm."),
        ("vision_tower.vision_model.", "tower."),
        ("model.vision_tower.vision_model.", "tower."),
        ("model.vision_tower.", "tower."),
        ("vision_tower.", "tower."),
        ("image_tower.vision_model.", "tower."),
        ("model.image_tower.vision_model.", "tower."),
        ("video_tower.vision_model.", "video_tower."),
        ("model.video_tower.vision_model.", "video_tower."),
        ("image_newline", "newline"),
        ("model.image_newline", "newline"),
        ("multi_modal_projector.linear_", "proj."),
        ("model.multi_modal_projector.linear_", "proj."),
    ];

    /// <summary>Whether the language model lies beside the other parts, as in this layout, and not around them.</summary>
    public static bool Fit(CheckpointReader weights) => weights.Names.Any(name =>
        name.StartsWith("language_model.", StringComparison.Ordinal) || name.StartsWith("model.language_model.", StringComparison.Ordinal));

    /// <summary>Opens the weights.</summary>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader Open(CheckpointFolder folder, CheckpointReader weights) =>
        WeightNames.Open([new StoredFiles(folder, weights, Rules)], folder.Options, IsIgnored);

    /// <summary>Stored weights that no supported model uses.</summary>
    public static bool IsIgnored(string canonical) =>
        canonical.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal)
        || canonical.EndsWith(".position_ids", StringComparison.Ordinal)
        || canonical.Contains("tower.head.", StringComparison.Ordinal)
        || canonical.Contains("tower.post_layernorm.", StringComparison.Ordinal);
}
