using System.Text.Json.Nodes;
using Fovea.Tensors;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Serialization;

namespace Fovea.Benchmarks;

/// <summary>
/// A LLaVA-1.5 checkpoint of real shape with random bf16 weights, made in a temporary folder: CLIP-L/336 (576 visual tokens) and a decoder of Qwen2-0.5B's shape.
/// Tokenizer and prompt format are the shipped model's, so that the vocabulary in use is small while the head has its full size.
/// </summary>
internal static class SyntheticModel
{
    private const int Vision = 1024, VisionLayers = 24, VisionIntermediate = 4096;
    private const int Hidden = 896, Layers = 24, Intermediate = 4864, Heads = 14, KeyValueHeads = 2, HeadSize = 64, Vocabulary = 151936;

    public static string Create(string shippedModel)
    {
        string folder = Path.Combine(Path.GetTempPath(), "fovea-synthetic-0.5b");
        if (File.Exists(Path.Combine(folder, "model.safetensors")))
        {
            return folder;
        }

        Console.Error.WriteLine($"writing a synthetic checkpoint to {folder}");
        Directory.CreateDirectory(folder);
        foreach (string name in new[] { "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "generation_config.json", "processor_config.json" })
        {
            File.Copy(Path.Combine(shippedModel, name), Path.Combine(folder, name), overwrite: true);
        }

        var processor = JsonNode.Parse(File.ReadAllText(Path.Combine(shippedModel, "preprocessor_config.json"))) ?? new JsonObject();
        processor["crop_size"] = new JsonObject { ["height"] = 336, ["width"] = 336 };
        processor["size"] = new JsonObject { ["shortest_edge"] = 336 };
        File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), processor.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "config.json"), Config);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), Weights());
        return folder;
    }

    private static string Config => $$"""
        {
          "model_type": "llava", "image_token_index": 4, "vision_feature_layer": -2, "vision_feature_select_strategy": "default",
          "text_config": {
            "model_type": "qwen2", "hidden_size": {{Hidden}}, "intermediate_size": {{Intermediate}}, "num_hidden_layers": {{Layers}},
            "num_attention_heads": {{Heads}}, "num_key_value_heads": {{KeyValueHeads}}, "vocab_size": {{Vocabulary}}, "tie_word_embeddings": true,
            "rope_theta": 1000000.0, "max_position_embeddings": 32768
          },
          "vision_config": {
            "model_type": "clip_vision_model", "hidden_size": {{Vision}}, "intermediate_size": {{VisionIntermediate}}, "num_hidden_layers": {{VisionLayers}},
            "num_attention_heads": 16, "image_size": 336, "patch_size": 14
          }
        }
        """;

    private static Dictionary<string, Tensor> Weights()
    {
        var weights = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var random = new SplitMix64(1);
        void Add(string name, params int[] shape) => weights.Add(name, Random(ref random, shape, name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal)));
        void Linear(string name, int outputs, int inputs, bool bias)
        {
            Add(name + ".weight", outputs, inputs);
            if (bias)
            {
                Add(name + ".bias", outputs);
            }
        }

        const string tower = "vision_tower.vision_model.";
        Add(tower + "embeddings.class_embedding", Vision);
        Add(tower + "embeddings.patch_embedding.weight", Vision, 3, 14, 14);
        Add(tower + "embeddings.position_embedding.weight", 577, Vision);
        Add(tower + "pre_layrnorm.weight", Vision);
        Add(tower + "pre_layrnorm.bias", Vision);
        for (int i = 0; i < VisionLayers; i++)
        {
            string block = $"{tower}encoder.layers.{i}.";
            foreach (string norm in new[] { "layer_norm1", "layer_norm2" })
            {
                Add(block + norm + ".weight", Vision);
                Add(block + norm + ".bias", Vision);
            }

            foreach (string projection in new[] { "q_proj", "k_proj", "v_proj", "out_proj" })
            {
                Linear(block + "self_attn." + projection, Vision, Vision, bias: true);
            }

            Linear(block + "mlp.fc1", VisionIntermediate, Vision, bias: true);
            Linear(block + "mlp.fc2", Vision, VisionIntermediate, bias: true);
        }

        Linear("multi_modal_projector.linear_1", Hidden, Vision, bias: true);
        Linear("multi_modal_projector.linear_2", Hidden, Hidden, bias: true);
        Add("language_model.model.embed_tokens.weight", Vocabulary, Hidden);
        Add("language_model.model.norm.weight", Hidden);
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"language_model.model.layers.{i}.";
            Add(layer + "input_layernorm.weight", Hidden);
            Add(layer + "post_attention_layernorm.weight", Hidden);
            Linear(layer + "self_attn.q_proj", Heads * HeadSize, Hidden, bias: true);
            Linear(layer + "self_attn.k_proj", KeyValueHeads * HeadSize, Hidden, bias: true);
            Linear(layer + "self_attn.v_proj", KeyValueHeads * HeadSize, Hidden, bias: true);
            Linear(layer + "self_attn.o_proj", Hidden, Heads * HeadSize, bias: false);
            Linear(layer + "mlp.gate_proj", Intermediate, Hidden, bias: false);
            Linear(layer + "mlp.up_proj", Intermediate, Hidden, bias: false);
            Linear(layer + "mlp.down_proj", Hidden, Intermediate, bias: false);
        }

        return weights;
    }

    /// <summary>Random numbers as weights have them, or ones, in bf16.</summary>
    public static Tensor Random(ref SplitMix64 random, int[] shape, bool ones)
    {
        var tensor = Tensor.Allocate(ElementType.BF16, new Shape(shape));
        float scale = shape.Length > 1 ? 1.7f / MathF.Sqrt(tensor.RowLength) : 0.02f;
        foreach (ref var value in tensor.AsSpan<BFloat16>())
        {
            value = BFloat16.Round(ones ? 1 : ((float)random.NextDouble() - 0.5f) * 2 * scale);
        }

        return tensor;
    }
}
