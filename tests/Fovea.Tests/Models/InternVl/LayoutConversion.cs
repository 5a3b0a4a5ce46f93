using System.Text.Json.Nodes;
using Fovea.Tensors;

namespace Fovea.Tests.Models.InternVl;

/// <summary>Checkpoints of one layout in the form of another, name by name and row by row.</summary>
internal static class LayoutConversion
{
    private static readonly (string From, string To)[] EncoderNames =
    [
        ("vision_tower.embeddings.cls_token", "vision_model.embeddings.class_embedding"),
        ("vision_tower.embeddings.position_embeddings", "vision_model.embeddings.position_embedding"),
        ("vision_tower.embeddings.patch_embeddings.projection", "vision_model.embeddings.patch_embedding"),
        ("vision_tower.encoder.layer.", "vision_model.encoder.layers."),
        (".attention.projection_layer.", ".attn.proj."),
        (".attention.qkv.", ".attn.qkv."),
        ("layernorm_before", "norm1"),
        ("layernorm_after", "norm2"),
        ("lambda_", "ls"),
        ("multi_modal_projector.layer_norm", "mlp1.0"),
        ("multi_modal_projector.linear_1", "mlp1.1"),
        ("multi_modal_projector.linear_2", "mlp1.3"),
    ];

    private static readonly (string From, string To)[] LlamaNames =
    [
        ("tok_embeddings", "embed_tokens"),
        ("attention_norm", "input_layernorm"),
        ("ffn_norm", "post_attention_layernorm"),
        (".attention.wo.", ".self_attn.o_proj."),
        ("feed_forward.w1", "mlp.gate_proj"),
        ("feed_forward.w2", "mlp.down_proj"),
        ("feed_forward.w3", "mlp.up_proj"),
        ("language_model.output.", "language_model.lm_head."),
    ];

    /// <summary>The Hugging Face layout of InternVL to the original one.</summary>
    public static void ToOriginal(Dictionary<string, Tensor> weights)
    {
        foreach (string query in weights.Keys.Where(name => name.Contains(".attention.q_proj.", StringComparison.Ordinal)).ToList())
        {
            string[] parts = [.. new[] { "q_proj", "k_proj", "v_proj" }.Select(part => query.Replace("q_proj", part, StringComparison.Ordinal))];
            weights[query.Replace("q_proj", "qkv", StringComparison.Ordinal)] = Stack([.. parts.Select(part => weights[part])]);
            Array.ForEach(parts, part => weights.Remove(part));
        }

        Rename(weights, EncoderNames);
    }

    /// <summary>The same for the keys of <c>config.json</c>.</summary>
    public static void ToOriginal(JsonObject config)
    {
        var text = config["text_config"]!.DeepClone();
        config.Remove("text_config");
        config["llm_config"] = text;
        var vision = config["vision_config"]!.AsObject();
        foreach (string side in (string[])["image_size", "patch_size"])
        {
            vision[side] = vision[side]![0]!.GetValue<int>();
        }

        vision["qkv_bias"] = true;
        vision["qk_normalization"] = false;
        config["model_type"] = "internvl_chat";
        config["template"] = "internvl2_5";
        config["ps_version"] = "v2";
        config["dynamic_image_size"] = true;
        config["use_thumbnail"] = true;
        config["max_dynamic_patch"] = 6;
    }

    /// <summary>InternLM2's names and fused matrices to Llama's.</summary>
    public static void ToLlama(Dictionary<string, Tensor> weights, int heads, int keyValueHeads)
    {
        foreach (string name in weights.Keys.Where(name => name.Contains(".attention.wqkv.", StringComparison.Ordinal)).ToList())
        {
            var fused = weights[name];
            int size = fused.Rows / (heads + (2 * keyValueHeads)), perGroup = heads / keyValueHeads;
            Tensor Rows(int first, int count) => Stack([.. Enumerable.Range(0, keyValueHeads).Select(group => fused.Slice(((group * (perGroup + 2)) + first) * size, count * size))]);
            weights[name.Replace("attention.wqkv", "self_attn.q_proj", StringComparison.Ordinal)] = Rows(0, perGroup);
            weights[name.Replace("attention.wqkv", "self_attn.k_proj", StringComparison.Ordinal)] = Rows(perGroup, 1);
            weights[name.Replace("attention.wqkv", "self_attn.v_proj", StringComparison.Ordinal)] = Rows(perGroup + 1, 1);
            weights.Remove(name);
        }

        Rename(weights, LlamaNames);
    }

    private static void Rename(Dictionary<string, Tensor> weights, (string From, string To)[] names)
    {
        foreach (var (name, tensor) in weights.ToList())
        {
            weights.Remove(name);
            weights[names.Aggregate(name, (renamed, rule) => renamed.Replace(rule.From, rule.To, StringComparison.Ordinal))] = tensor;
        }
    }

    private static Tensor Stack(Tensor[] parts)
    {
        int[] extents = parts[0].Shape.ToArray();
        extents[0] = parts.Sum(part => part.Rows);
        return Tensor.From([.. parts.SelectMany(part => part.AsSpan<float>().ToArray())], extents);
    }
}
