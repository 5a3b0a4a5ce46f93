using Fovea.Nn;
using Fovea.Tensors.Serialization;

namespace Fovea.Models.InternVl;

/// <summary>
/// The canonical names of InternVL's weights (<c>tower.*</c>, <c>projector.*</c>, <c>lm.*</c>, <c>lm_head.weight</c>) in either layout: encoder and projector
/// as the original spells them, the language model as Llama.
/// </summary>
internal static class InternVlWeightNames
{
    private static readonly (string Stored, string Canonical)[] HuggingFaceEncoder =
    [
        ("cls_token", "class_embedding"),
        ("position_embeddings", "position_embedding"),
        ("patch_embeddings.projection", "patch_embedding"),
        ("encoder.layer", "encoder.layers"),
        ("attention", "attn"),
        ("projection_layer", "proj"),
        ("layernorm_before", "norm1"),
        ("layernorm_after", "norm2"),
        ("lambda_1", "ls1"),
        ("lambda_2", "ls2"),
    ];

    private static readonly (string Stored, string Canonical)[] HuggingFaceProjector = [("layer_norm", "0"), ("linear_1", "1"), ("linear_2", "3")];

    private static readonly (string Stored, string Canonical)[] InternLm2 =
    [
        ("tok_embeddings", "embed_tokens"),
        ("attention_norm", "input_layernorm"),
        ("attention", "self_attn"),
        ("wo", "o_proj"),
        ("ffn_norm", "post_attention_layernorm"),
        ("feed_forward", "mlp"),
        ("w1", "gate_proj"),
        ("w2", "down_proj"),
        ("w3", "up_proj"),
    ];

    /// <summary>Stored prefixes and what stands for them.</summary>
    public static readonly IReadOnlyList<NameRule> Rules =
    [
        ("vision_model.", "tower."),
        new("vision_tower.", "tower.", HuggingFaceEncoder),
        new("model.vision_tower.", "tower.", HuggingFaceEncoder),
        ("mlp1.", "projector."),
        new("multi_modal_projector.", "projector.", HuggingFaceProjector),
        new("model.multi_modal_projector.", "projector.", HuggingFaceProjector),
        new("language_model.model.", "lm.", InternLm2),
        ("language_model.output.", "lm_head."),
        ("language_model.lm_head.", "lm_head."),
        ("model.language_model.", "lm."),
    ];

    /// <summary>Opens the weights.</summary>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static WeightReader Open(CheckpointFolder folder, CheckpointReader weights) =>
        WeightNames.Open([new StoredFiles(folder, weights, Rules)], folder.Options, IsIgnored);

    /// <summary>Stored weights that no supported model uses.</summary>
    private static bool IsIgnored(string canonical) =>
        canonical.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || canonical == "tower.embeddings.mask_token";
}
