using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Models.InternVl;

/// <summary>
/// The canonical names of InternVL's weights (<c>tower.*</c>, <c>projector.*</c>, <c>lm.*</c>, <c>lm_head.weight</c>) in either layout: encoder and projector
/// as the original spells them, the language model as Llama.
/// </summary>
internal static class InternVlWeightNames
{
    private static readonly (string Stored, string Canonical)[] Prefixes =
    [
        ("vision_model.", "tower."),
        ("vision_tower.", "tower."),
        ("model.vision_tower.", "tower."),
        ("mlp1.", "projector."),
        ("multi_modal_projector.", "projector."),
        ("model.multi_modal_projector.", "projector."),
        ("language_model.model.", "lm."),
        ("language_model.output.", "lm_head."),
        ("language_model.lm_head.", "lm_head."),
        ("model.language_model.", "lm."),
    ];

    private static readonly (string Stored, string Canonical)[] HuggingFaceEncoder =
    [
        ("embeddings.cls_token", "embeddings.class_embedding"),
        ("embeddings.position_embeddings", "embeddings.position_embedding"),
        ("embeddings.patch_embeddings.projection", "embeddings.patch_embedding"),
        ("encoder.layer", "encoder.layers"),
        ("attention", "attn"),
        ("projection_layer", "proj"),
        ("layernorm_before", "norm1"),
        ("layernorm_after", "norm2"),
        ("lambda_1", "ls1"),
        ("lambda_2", "ls2"),
        ("projector.layer_norm", "projector.0"),
        ("projector.linear_1", "projector.1"),
        ("projector.linear_2", "projector.3"),
    ];

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

    /// <summary>All tensors under canonical names.</summary>
    /// <exception cref="InvalidDataException">Two stored tensors are the same weight.</exception>
    public static Dictionary<string, Tensor> Canonical(SafetensorsReader weights, bool isOriginal) =>
        WeightNames.Canonical(weights, Prefixes, isOriginal ? InternLm2 : HuggingFaceEncoder);

    /// <summary>Stored weights that no supported model uses.</summary>
    public static bool IsIgnored(string canonical) =>
        canonical.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || canonical == "tower.embeddings.mask_token";
}
