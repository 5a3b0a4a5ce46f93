using System.Text.Json.Nodes;
using Fovea.Tensors;
using Fovea.Tensors.Serialization;

namespace Fovea.Benchmarks;

/// <summary>
/// A LLaVA-1.5 checkpoint of real shape with random bf16 weights, made in a temporary folder. Tokenizer and prompt format are the shipped model's, so that the
/// vocabulary in use is small whatever the size of the head.
/// </summary>
internal static class SyntheticModel
{
    /// <summary>CLIP-L/336 (576 visual tokens) and a decoder of Qwen2-0.5B's shape.</summary>
    public static string Create(string shippedModel) => Create(
        shippedModel, "0.5b", new EncoderShape(1024, 4096, 24, 336, 14), new DecoderShape(896, 4864, 24, 14, 2, 64, 151936) { Bias = true }, featureLayer: -2);

    /// <summary>A model of these shapes.</summary>
    /// <param name="shippedModel">Whose tokenizer it takes.</param>
    /// <param name="name">Names the folder; one that exists is taken as it is.</param>
    /// <param name="encoder">The encoder; of heads of 64 and CLIP's with a class token, or else of 16 heads and SigLIP's.</param>
    /// <param name="decoder">The language model.</param>
    /// <param name="featureLayer">Which of the encoder's states is taken; -1 = the last, so that all blocks run.</param>
    public static string Create(string shippedModel, string name, EncoderShape encoder, DecoderShape decoder, int featureLayer)
    {
        string folder = Path.Combine(Path.GetTempPath(), "fovea-synthetic-" + name);
        if (File.Exists(Path.Combine(folder, "model.safetensors")))
        {
            return folder;
        }

        Console.Error.WriteLine($"writing a synthetic checkpoint to {folder}");
        Directory.CreateDirectory(folder);
        foreach (string file in new[] { "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja", "generation_config.json", "processor_config.json" })
        {
            File.Copy(Path.Combine(shippedModel, file), Path.Combine(folder, file), overwrite: true);
        }

        var processor = JsonNode.Parse(File.ReadAllText(Path.Combine(shippedModel, "preprocessor_config.json"))) ?? new JsonObject();
        processor["crop_size"] = new JsonObject { ["height"] = encoder.Side, ["width"] = encoder.Side };
        processor["size"] = new JsonObject { ["shortest_edge"] = encoder.Side };
        File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), processor.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "config.json"), Config(encoder, decoder, featureLayer));
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), Weights(encoder, decoder));
        return folder;
    }

    private static bool IsClip(EncoderShape encoder) => encoder.Width % 64 == 0 && encoder.Width / 64 == 16;

    private static string Config(EncoderShape encoder, DecoderShape decoder, int featureLayer) => $$"""
        {
          "model_type": "llava", "image_token_index": 4, "vision_feature_layer": {{featureLayer}}, "vision_feature_select_strategy": "{{(IsClip(encoder) ? "default" : "full")}}",
          "text_config": {
            "model_type": "qwen2", "hidden_size": {{decoder.Hidden}}, "intermediate_size": {{decoder.Inner}}, "num_hidden_layers": {{decoder.Layers}},
            "num_attention_heads": {{decoder.Heads}}, "num_key_value_heads": {{decoder.KeyHeads}}, "head_dim": {{decoder.HeadSize}}, "vocab_size": {{decoder.Vocabulary}},
            "tie_word_embeddings": true, "rope_theta": 1000000.0, "max_position_embeddings": 32768
          },
          "vision_config": {
            "model_type": "{{(IsClip(encoder) ? "clip" : "siglip")}}_vision_model", "hidden_size": {{encoder.Width}}, "intermediate_size": {{encoder.Inner}},
            "num_hidden_layers": {{encoder.Blocks}}, "num_attention_heads": 16, "image_size": {{encoder.Side}}, "patch_size": {{encoder.Patch}}
          }
        }
        """;

    private static IReadOnlyDictionary<string, Tensor> Weights(EncoderShape encoder, DecoderShape decoder)
    {
        var weights = new SyntheticWeights();
        weights.ClipTower("vision_tower.vision_model.", encoder, classToken: IsClip(encoder));
        weights.Linear("multi_modal_projector.linear_1", decoder.Hidden, encoder.Width, bias: true);
        weights.Linear("multi_modal_projector.linear_2", decoder.Hidden, decoder.Hidden, bias: true);
        weights.Decoder("language_model.model.", head: null, decoder);
        return weights.Tensors;
    }
}
