using Fovea.Nn;
using Fovea.Tensors.Serialization;

namespace Fovea.Models.Llava;

/// <summary>The weights of LLaVA's own layout under canonical names: the language model with the projector, and the vision encoder inside it or in a folder of its own.</summary>
internal static class OriginalWeights
{
    private static readonly NameRule[] Rules =
    [
        ("model.vision_tower.vision_tower.vision_model.", "tower."),
        ("model.vision_tower.vision_tower.", "tower."),
        ("model.image_newline", "newline"),
        .. Enumerable.Range(0, OriginalConfig.MostProjectorLayers).Select(layer => (NameRule)($"model.mm_projector.{2 * layer}.", $"proj.{layer + 1}.")),
        ("model.mm_projector.", "proj.1."),
        ("model.", "lm."),
    ];

    private static readonly NameRule[] TowerRules = [("vision_model.", "tower."), ("", "tower.")];

    /// <summary>What a model with a text tower holds beside the vision encoder.</summary>
    private static readonly string[] OfTextTower = ["tower.text_model.", "tower.text_projection.", "tower.visual_projection.", "tower.logit_scale", "tower.logit_bias"];

    /// <summary>Whether the model's own files hold the vision encoder.</summary>
    public static bool HoldTower(CheckpointReader weights) => weights.Names.Any(name => name.StartsWith("model.vision_tower.", StringComparison.Ordinal));

    /// <summary>Opens the weights.</summary>
    /// <param name="files">The model's own file, and that of the vision encoder if it is another.</param>
    /// <param name="config">What is used of them.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader Open(IReadOnlyList<CheckpointReader> files, LlavaConfig config) =>
        WeightNames.Open([.. files.Select((file, index) => (file, (IReadOnlyList<NameRule>)(index == 0 ? Rules : TowerRules)))], name => IsIgnored(name, config));

    /// <summary>Stored weights that the model does not use, SigLIP's last block among them.</summary>
    private static bool IsIgnored(string canonical, LlavaConfig config) =>
        LlavaWeightNames.IsIgnored(canonical)
        || Array.Exists(OfTextTower, part => canonical.StartsWith(part, StringComparison.Ordinal))
        || (canonical == "newline" && config.Merge != TileMerge.SpatialUnpad)
        || (!config.VisionConfig.HasClassToken && canonical.StartsWith($"tower.encoder.layers.{config.VisionConfig.NumHiddenLayers}.", StringComparison.Ordinal));
}
