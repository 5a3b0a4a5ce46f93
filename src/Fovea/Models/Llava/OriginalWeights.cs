using Fovea.Models.Quecc;
using Fovea.Nn;
using Fovea.Tensors;
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
    public static bool HoldTower(CheckpointReader weights) => weights.Names.Any(name =>
        name.StartsWith("model.vision_tower.", StringComparison.Ordinal) || name.StartsWith("vision_tower.", StringComparison.Ordinal));

    /// <summary>Whether a weight belongs to the model, used or not: neither to a projector that was replaced nor to a text tower beside the encoder.</summary>
    public static bool IsKept(string canonical) => !canonical.StartsWith(Replaced, StringComparison.Ordinal) && !IsOfTextTower(canonical);

    /// <summary>Opens the weights.</summary>
    /// <param name="folder">The checkpoint, usually of the language model with the projector.</param>
    /// <param name="parts">The language model; the projector, if it is in a file of its own; the vision encoder, if the model does not hold it.</param>
    /// <param name="config">What is used of them.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader Open(CheckpointFolder folder, (StoredFiles Model, StoredFiles? Projector, StoredFiles? Tower) parts, LlavaConfig config)
    {
        var rules = Rules(folder);
        var files = Files(parts, rules, parts.Projector is null ? rules : [(Projector, Replaced), .. rules]);
        return WeightNames.Open(files, folder.Options, name => IsIgnored(name, config));
    }

    /// <summary>Opens a base model in any layout with a projector that is new or lies in a file, under the names of this layout.</summary>
    /// <param name="parts">The language model, whose own projector is left out; the projector, if it is in a file; the vision encoder, if the model does not hold it.</param>
    /// <param name="made">The projector, if it is new, by canonical name.</param>
    /// <param name="config">What is used of them.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader OpenBase((StoredFiles Model, StoredFiles? Projector, StoredFiles? Tower) parts, IReadOnlyDictionary<string, Tensor> made, LlavaConfig config)
    {
        var rules = Rules(compresses: config.Quecc is not null);
        var files = Files(parts, rules, LlavaWeightNames.Fit(parts.Model.Weights)
            ? [("multi_modal_projector.", Replaced), ("model.multi_modal_projector.", Replaced), .. LlavaWeightNames.Rules]
            : [(Projector, Replaced), .. rules]);
        return WeightNames.Open(
            files, LoadOptions.Default, name => IsIgnored(name, config), made,
            name => rules.FirstOrDefault(rule => name.StartsWith(rule.Canonical, StringComparison.Ordinal))?.ToStored(name, []) ?? name);
    }

    /// <summary>A compressor is element 0 of the projector and moves the others up by one.</summary>
    public static NameRule[] Rules(CheckpointFolder folder) => Rules(QueccConfig.IsNamed(new ConfigReader(Path.Combine(folder.Path, "config.json"), folder.Config)));

    private static NameRule[] Rules(bool compresses)
    {
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

    private static List<StoredFiles> Files((StoredFiles Model, StoredFiles? Projector, StoredFiles? Tower) parts, NameRule[] rules, IReadOnlyList<NameRule> ofModel)
    {
        var files = new List<StoredFiles> { parts.Model with { Rules = ofModel } };
        if (parts.Projector is { } projector)
        {
            files.Add(projector with { Rules = rules });
        }

        if (parts.Tower is { } tower)
        {
            files.Add(tower with { Rules = TowerRules });
        }

        return files;
    }

    /// <summary>Stored weights that the model does not use, SigLIP's last block among them.</summary>
    private static bool IsIgnored(string canonical, LlavaConfig config) =>
        LlavaWeightNames.IsIgnored(canonical)
        || canonical.StartsWith(Replaced, StringComparison.Ordinal)
        || IsOfTextTower(canonical)
        || (canonical == "newline" && config.Merge != TileMerge.SpatialUnpad)
        || (!config.VisionConfig.HasClassToken && canonical.StartsWith($"tower.encoder.layers.{config.VisionConfig.NumHiddenLayers}.", StringComparison.Ordinal));

    private static bool IsOfTextTower(string canonical) => Array.Exists(OfTextTower, part => canonical.StartsWith(part, StringComparison.Ordinal));
}
