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
    /// <param name="model">The language model, usually with the projector.</param>
    /// <param name="projector">The projector, if it is in a file of its own.</param>
    /// <param name="tower">The vision encoder, if the model does not hold it.</param>
    /// <param name="config">What is used of them.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader Open(CheckpointReader model, CheckpointReader? projector, CheckpointReader? tower, LlavaConfig config)
    {
        var rules = Rules(config);
        var files = new List<(CheckpointReader, IReadOnlyList<NameRule>)> { (model, projector is null ? rules : [(Projector, Replaced), .. rules]) };
        if (projector is not null)
        {
            files.Add((projector, rules));
        }

        if (tower is not null)
        {
            files.Add((tower, TowerRules));
        }

        return WeightNames.Open(files, name => IsIgnored(name, config));
    }

    /// <summary>Opens a base model in any layout with a projector that is new or lies in a file, under the names of this layout.</summary>
    /// <param name="model">The language model; a projector that it has is left out.</param>
    /// <param name="projector">The projector, if it is in a file.</param>
    /// <param name="fresh">The projector, if it is new, by canonical name.</param>
    /// <param name="tower">The vision encoder, if the model does not hold it.</param>
    /// <param name="config">What is used of them.</param>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader OpenBase(CheckpointReader model, CheckpointReader? projector, IReadOnlyDictionary<string, Tensor> fresh, CheckpointReader? tower, LlavaConfig config)
    {
        var rules = Rules(config);
        var files = new List<(CheckpointReader, IReadOnlyList<NameRule>)>
        {
            (model, LlavaWeightNames.Fit(model)
                ? [("multi_modal_projector.", Replaced), ("model.multi_modal_projector.", Replaced), .. LlavaWeightNames.Rules]
                : [(Projector, Replaced), .. rules]),
        };
        if (projector is not null)
        {
            files.Add((projector, rules));
        }

        if (tower is not null)
        {
            files.Add((tower, TowerRules));
        }

        var tensors = WeightNames.Canonical(files).ToDictionary(entry => entry.Key, entry => entry.Value.Tensor);
        foreach (var (name, tensor) in fresh)
        {
            tensors.Add(name, tensor);
        }

        var reader = new WeightReader(model.Path, tensors, name => rules.FirstOrDefault(rule => name.StartsWith(rule.Canonical, StringComparison.Ordinal))?.ToStored(name, []) ?? name);
        reader.Ignore(name => IsIgnored(name, config));
        return reader;
    }

    /// <summary>A compressor is element 0 of the projector and moves the others up by one.</summary>
    private static NameRule[] Rules(LlavaConfig config)
    {
        int first = config.Quecc is null ? 0 : 1;
        return
        [
            ("model.vision_tower.vision_tower.vision_model.", "tower."),
            ("model.vision_tower.vision_tower.", "tower."),
            ("model.image_newline", "newline"),
            .. config.Quecc is null ? Array.Empty<NameRule>() : [($"{Projector}0.", "quecc.")],
            .. Enumerable.Range(0, OriginalConfig.MostProjectorLayers).Select(layer => (NameRule)($"{Projector}{first + (2 * layer)}.", $"proj.{layer + 1}.")),
            (Projector, "proj.1."),
            ("model.", "lm."),
        ];
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
