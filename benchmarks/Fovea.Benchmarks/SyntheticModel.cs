using System.Text.Json.Nodes;
using Fovea.Tensors;
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

    private static IReadOnlyDictionary<string, Tensor> Weights()
    {
        var weights = new SyntheticWeights();
        weights.ClipTower("vision_tower.vision_model.", new EncoderShape(Vision, VisionIntermediate, VisionLayers, 336, 14), classToken: true);
        weights.Linear("multi_modal_projector.linear_1", Hidden, Vision, bias: true);
        weights.Linear("multi_modal_projector.linear_2", Hidden, Hidden, bias: true);
        weights.Decoder("language_model.model.", head: null, new DecoderShape(Hidden, Intermediate, Layers, Heads, KeyValueHeads, HeadSize, Vocabulary) { Bias = true });
        return weights.Tensors;
    }
}
