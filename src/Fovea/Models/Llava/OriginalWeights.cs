using Fovea.Models.Quecc;
using Fovea.Nn;
using Fovea.Tensors.Serialization;

namespace Fovea.Models.Llava;

/// <summary>
/// The weights of LLaVA's own layout under canonical names: the language model with the projector, or a projector alone and the language model that it was
/// made for; and the vision encoder inside or in a folder of its own.
/// </summary>
internal static class OriginalWeights
{
    private const string Projector = "model.mm_projector.";

    /// <summary>What a projector of its own replaces.</summary>
    private const string Replaced = "replaced.";

    private static readonly NameRule[] TowerRules = [("vision_model.", "tower."), ("", "tower.")];

    /// <summary>What a model with a text tower holds beside the vision encoder.</summary>
    private static readonly string[] OfTextTower = ["tower.text_model.", "tower.text_projection.", "tower.visual_projection.", "tower.logit_scale", "tower.logit_bias"];

    /// <summary>Whether the model's own files hold the vision encoder.</summary>
    public static bool HoldTower(CheckpointReader weights) => weights.Names.Any(name => name.StartsWith("model.vision_tower.", StringComparison.Ordinal));

    /// <summary>Opens the weights.</summary>
    /// <param name="folder">The checkpoint, usually of the language model with the projector.</param>
    /// <param name="parts">The language model; the projector, if it is in a file of its own; the vision encoder, if the model does not hold it.</param>
    /// <param name="config">What is used of them.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader Open(CheckpointFolder folder, (StoredFiles Model, StoredFiles? Projector, StoredFiles? Tower) parts, LlavaConfig config)
    {
        var rules = Rules(folder);
        var files = new List<StoredFiles> { parts.Model with { Rules = parts.Projector is null ? rules : [(Projector, Replaced), .. rules] } };
        if (parts.Projector is { } projector)
        {
            files.Add(projector with { Rules = rules });
        }

        if (parts.Tower is { } tower)
        {
            files.Add(tower with { Rules = TowerRules });
        }

        return WeightNames.Open(files, folder.Options.Weights, name => IsIgnored(name, config));
    }

    /// <summary>A compressor is element 0 of the projector and moves the others up by one.</summary>
    public static NameRule[] Rules(CheckpointFolder folder)
    {
        bool compresses = QueccConfig.IsNamed(new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config));
        int first = compresses ? 1 : 0;
        return
        [
            ("model.vision_tower.vision_tower.vision_model.", "tower."),
            ("model.vision_tower.vision_tower.", "tower."),
            ("model.image_newline", "newline"),
            .. compresses ? [($"{Projector}0.", "quecc.")] : Array.Empty<NameRule>(),
            .. Enumerable.Range(0, OriginalConfig.MostProjectorLayers).Select(layer => (NameRule)($"{Projector}{first + (2 * layer)}.", $"proj.{layer + 1}.")),
            (Projector, "proj.1."),
            ("model.", "lm."),
        ];
    }

    /// <summary>Stored weights that the model does not use, SigLIP's last block among them.</summary>
    private static bool IsIgnored(string canonical, LlavaConfig config) =>
        LlavaWeightNames.IsIgnored(canonical)
        || canonical.StartsWith(Replaced, StringComparison.Ordinal)
        || Array.Exists(OfTextTower, part => canonical.StartsWith(part, StringComparison.Ordinal))
        || (canonical == "newline" && config.Merge != TileMerge.SpatialUnpad)
        || (!config.VisionConfig.HasClassToken && canonical.StartsWith($"tower.encoder.layers.{config.VisionConfig.NumHiddenLayers}.", StringComparison.Ordinal));
}
