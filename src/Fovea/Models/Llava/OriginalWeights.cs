using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Models.Llava;

/// <summary>The weights of LLaVA's own layout under canonical names: the language model with the projector, and the vision encoder inside it or in a folder of its own.</summary>
internal static class OriginalWeights
{
    private static readonly (string Stored, string Canonical)[] Prefixes =
    [
        ("model.vision_tower.vision_tower.vision_model.", "tower."),
        ("model.vision_tower.vision_tower.", "tower."),
        ("model.image_newline", "newline"),
        .. Enumerable.Range(0, OriginalConfig.MostProjectorLayers).Select(layer => ($"model.mm_projector.{2 * layer}.", $"proj.{layer + 1}.")),
        ("model.mm_projector.", "proj.1."),
        ("model.", "lm."),
    ];

    private static readonly (string Stored, string Canonical)[] TowerPrefixes = [("vision_model.", "tower."), ("", "tower.")];

    /// <summary>What a model with a text tower holds beside the vision encoder.</summary>
    private static readonly string[] OfTextTower = ["text_model.", "text_projection.", "visual_projection.", "logit_scale", "logit_bias"];

    /// <summary>Whether the model's own files hold the vision encoder.</summary>
    public static bool HoldTower(CheckpointReader weights) => weights.Names.Any(name => name.StartsWith("model.vision_tower.", StringComparison.Ordinal));

    /// <summary>All tensors under canonical names.</summary>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static Dictionary<string, Tensor> Canonical(CheckpointReader weights, CheckpointReader? tower)
    {
        var tensors = WeightNames.Canonical(weights, Prefixes);
        if (tower is not null)
        {
            foreach (var (name, tensor) in WeightNames.Canonical(tower, TowerPrefixes))
            {
                string stored = name["tower.".Length..];
                if (!Array.Exists(OfTextTower, part => stored.StartsWith(part, StringComparison.Ordinal)))
                {
                    tensors[name] = tensor;
                }
            }
        }

        return tensors;
    }

    /// <summary>Stored weights that the model does not use, SigLIP's last block among them.</summary>
    public static bool IsIgnored(string canonical, LlavaConfig config) =>
        LlavaWeightNames.IsIgnored(canonical)
        || (canonical == "newline" && config.Merge != TileMerge.SpatialUnpad)
        || (!config.VisionConfig.HasClassToken && canonical.StartsWith($"tower.encoder.layers.{config.VisionConfig.NumHiddenLayers}.", StringComparison.Ordinal));
}
