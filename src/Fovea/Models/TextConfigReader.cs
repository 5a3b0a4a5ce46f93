using Fovea.Nn;

namespace Fovea.Models;

/// <summary>Reads a language model's config. Missing keys take the defaults of its <c>model_type</c>, which published files rely on.</summary>
public static class TextConfigReader
{
    private const int MostExpertsPerToken = 256;

    /// <summary>Reads the object that holds the language model's keys.</summary>
    /// <exception cref="InvalidDataException">A key is missing or wrong, or the sizes contradict each other.</exception>
    public static TextConfig Read(ConfigReader config, string? modelType = null)
    {
        string type = modelType ?? config.Text("model_type", "llama");
        var defaults = Defaults.Of(type) ?? throw config.Wrong("model_type", "a known language model (llama, mistral, internlm2, qwen2, qwen3, or that of a Qwen-VL model)");
        bool qwen2 = type is "qwen2" or "qwen2_vl" or "qwen2_5_vl", qwen3 = type is "qwen3" or "qwen3_vl" or "qwen3_vl_moe";
        int heads = config.Count("num_attention_heads", defaults.Heads);
        int hidden = config.Count("hidden_size", defaults.HiddenSize);
        int keyValueHeads = config.Has("num_key_value_heads") ? config.Count("num_key_value_heads")
            : config.Mentions("num_key_value_heads") ? heads : defaults.KeyValueHeads ?? heads;
        if (heads % keyValueHeads != 0)
        {
            throw config.Wrong("num_key_value_heads", $"a divisor of num_attention_heads ({heads})");
        }

        if (!config.Has("head_dim") && defaults.HeadDim is null && hidden % heads != 0)
        {
            throw config.Wrong("num_attention_heads", $"a divisor of hidden_size ({hidden})");
        }

        int headDim = config.Count("head_dim", defaults.HeadDim ?? hidden / heads);
        if (headDim % 2 != 0)
        {
            throw config.Wrong(config.Has("head_dim") ? "head_dim" : "num_attention_heads", "such that the head size is even (rotary embedding rotates pairs)");
        }

        int layers = config.Count("num_hidden_layers", defaults.Layers);
        bool bias = type == "internlm2" ? config.Flag("bias", true) : (type == "llama" || qwen3) && config.Flag("attention_bias", false);
        return new TextConfig
        {
            VocabSize = config.Count("vocab_size", defaults.VocabSize),
            HiddenSize = hidden,
            IntermediateSize = config.Count("intermediate_size", defaults.IntermediateSize),
            NumHiddenLayers = layers,
            NumAttentionHeads = heads,
            NumKeyValueHeads = keyValueHeads,
            HeadDim = headDim,
            HiddenAct = config.Activation("hidden_act", "silu"),
            RmsNormEps = (float)config.Number("rms_norm_eps", defaults.RmsNormEps),
            RopeTheta = Theta(config, defaults.RopeTheta),
            RopeScaling = Scaling(config),
            MaxPositionEmbeddings = config.Count("max_position_embeddings", defaults.MaxPositions),
            RopeAxes = MultimodalAxes.Read(config, type, headDim / 2),
            QkvBias = qwen2 || bias,
            FusedQkv = type == "internlm2",
            QueryKeyNorm = qwen3,
            OutputBias = bias,
            MlpBias = type == "llama" && config.Flag("mlp_bias", false),
            Mixture = type == "qwen3_vl_moe" ? Mixture(config, layers) : null,
            TieWordEmbeddings = config.Flag("tie_word_embeddings", false),
            Windows = Windows(config, qwen2 || type == "qwen3" ? "qwen" : type, (layers, defaults.MaxWindowLayers)),
            EosTokenId = config.Wholes("eos_token_id"),
        };
    }

    private static MixtureConfig Mixture(ConfigReader config, int layers)
    {
        int step = config.Count("decoder_sparse_step", 1), experts = config.Count("num_experts", 60), used = config.Count("num_experts_per_tok", 4);
        var dense = config.Wholes("mlp_only_layers");
        return new MixtureConfig
        {
            NumExperts = experts,
            NumExpertsPerTok = used <= Math.Min(experts, MostExpertsPerToken) ? used : throw config.Wrong("num_experts_per_tok", $"at most num_experts ({experts}) and {MostExpertsPerToken}"),
            MoeIntermediateSize = config.Count("moe_intermediate_size", 1408),
            Layers = [.. Enumerable.Range(0, layers).Select(layer => (layer + 1) % step == 0 && !dense.Contains(layer))],
        };
    }

    private static double Theta(ConfigReader config, double missing) => config.Has("rope_parameters") && config.Object("rope_parameters").Has("rope_theta")
        ? config.Object("rope_parameters").Number("rope_theta")
        : config.Number("rope_theta", missing);

    private static RopeScaling? Scaling(ConfigReader config)
    {
        string key = config.Has("rope_scaling") ? "rope_scaling" : "rope_parameters";
        if (!config.Has(key))
        {
            return null;
        }

        var scaling = config.Object(key);
        string type = scaling.Text("rope_type", scaling.Text("type", "default"));
        if (type is "default" or "mrope")
        {
            return null;
        }

        if (type is not ("linear" or "dynamic" or "llama3" or "yarn"))
        {
            throw scaling.Wrong(scaling.Has("rope_type") ? "rope_type" : "type", "one of linear, dynamic, llama3 and yarn");
        }

        double factor = scaling.Number("factor");
        return new RopeScaling
        {
            RopeType = type,
            Factor = factor > 0 ? factor : throw scaling.Wrong("factor", "above 0"),
            OriginalMaxPositionEmbeddings = scaling.Has("original_max_position_embeddings") ? scaling.Count("original_max_position_embeddings") : null,
            LowFreqFactor = scaling.Number("low_freq_factor", 1),
            HighFreqFactor = scaling.Number("high_freq_factor", 4),
            BetaFast = scaling.Number("beta_fast", 32),
            BetaSlow = scaling.Number("beta_slow", 1),
            Truncate = scaling.Flag("truncate", true),
            AttentionFactor = scaling.Has("attention_factor") ? scaling.Number("attention_factor") : null,
            Mscale = scaling.Has("mscale") ? scaling.Number("mscale") : null,
            MscaleAllDim = scaling.Has("mscale_all_dim") ? scaling.Number("mscale_all_dim") : null,
        };
    }

    private static int[] Windows(ConfigReader config, string type, (int Count, int First) of)
    {
        int layers = of.Count;
        var windows = new int[layers];
        int window = type switch
        {
            "mistral" => config.Mentions("sliding_window") && !config.Has("sliding_window") ? 0 : config.Count("sliding_window", 4096),
            "qwen" when config.Flag("use_sliding_window", false) => config.Count("sliding_window", 4096),
            _ => 0,
        };
        if (config.Has("layer_types") && config.Element.GetProperty("layer_types") is { ValueKind: System.Text.Json.JsonValueKind.Array } types)
        {
            if (types.GetArrayLength() != layers || types.EnumerateArray().Any(kind => kind.ValueKind != System.Text.Json.JsonValueKind.String || kind.GetString() is not ("full_attention" or "sliding_attention")))
            {
                throw config.Wrong("layer_types", $"num_hidden_layers ({layers}) times full_attention or sliding_attention");
            }

            for (int i = 0; i < layers; i++)
            {
                windows[i] = types[i].ValueEquals("sliding_attention") ? window : 0;
            }

            return windows;
        }

        int first = type == "qwen" ? config.Whole("max_window_layers", of.First) : 0;
        for (int i = Math.Max(first, 0); i < layers; i++)
        {
            windows[i] = window;
        }

        return windows;
    }

    private sealed record Defaults(int VocabSize, int IntermediateSize, int? KeyValueHeads, int MaxPositions)
    {
        public int HiddenSize { get; init; } = 4096;

        public int Layers { get; init; } = 32;

        public int Heads { get; init; } = 32;

        public int? HeadDim { get; init; }

        public double RmsNormEps { get; init; } = 1e-6;

        public double RopeTheta { get; init; } = 10000;

        public int MaxWindowLayers { get; init; } = 28;

        public static Defaults? Of(string type) => type switch
        {
            "llama" => new(32000, 11008, null, 2048),
            "mistral" => new(32000, 14336, 8, 131072),
            "internlm2" => new(103168, 11008, null, 2048),
            "qwen2" => new(151936, 22016, 32, 32768),
            "qwen3" => new(151936, 22016, 32, 32768) { HeadDim = 128 },
            "qwen2_vl" or "qwen2_5_vl" => new(152064, 29568, 8, 32768)
            {
                HiddenSize = 8192, Layers = 80, Heads = 64, RmsNormEps = 1e-5, RopeTheta = 1e6, MaxWindowLayers = 80,
            },
            "qwen3_vl" => new(151936, 22016, 32, 128000) { HeadDim = 128, RopeTheta = 5e6 },
            "qwen3_vl_moe" => new(151936, 5632, 16, 128000) { HiddenSize = 2048, Layers = 24, Heads = 16, RopeTheta = 5e6 },
            _ => null,
        };
    }
}
