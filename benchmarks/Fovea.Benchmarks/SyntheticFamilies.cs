namespace Fovea.Benchmarks;

/// <summary>The published shapes; sources are the models' <c>config.json</c>.</summary>
internal static class SyntheticFamilies
{
    private const int BuiltLayers = 4;

    private static readonly EncoderShape ClipLarge = new(1024, 4096, 24, 336, 14);
    private static readonly EncoderShape LanguageBind = new(1024, 4096, 24, 224, 14);
    private static readonly EncoderShape Siglip = new(1152, 4304, 26, 384, 14);
    private static readonly EncoderShape InternVit = new(1024, 4096, 24, 448, 14);

    /// <summary>All families, the small ones first.</summary>
    public static IReadOnlyList<SyntheticFamily> All { get; } =
    [
        OneVision("LLaVA-OneVision 0.5B", new DecoderShape(896, 4864, 24, 14, 2, 64, 152000) { Bias = true }),
        InternVl("InternVL2.5 1B", new DecoderShape(896, 4864, 24, 14, 2, 64, 151674) { Bias = true }, 0),
        InternVl("InternVL2.5 2B", new DecoderShape(2048, 8192, 24, 16, 8, 128, 92553), 0),
        Qwen2("Qwen2-VL 2B", new DecoderShape(1536, 8960, 28, 12, 2, 128, 151936) { Bias = true }),
        Qwen3("Qwen3-VL 2B", new DecoderShape(2048, 6144, 28, 16, 8, 128, 151936) { HeadNorm = true }),
        Qwen25("Qwen2.5-VL 3B", new DecoderShape(2048, 11008, 36, 16, 2, 128, 151936) { Bias = true }, tied: true, 0),
        Llava("LLaVA-1.5 7B", new DecoderShape(4096, 11008, BuiltLayers, 32, 32, 128, 32064)),
        VideoLlava("Video-LLaVA 7B", new DecoderShape(4096, 11008, BuiltLayers, 32, 32, 128, 32064)),
        LlavaNext("LLaVA-NeXT 7B", new DecoderShape(4096, 14336, BuiltLayers, 32, 8, 128, 32064)),
        Qwen25("Qwen2.5-VL 7B", new DecoderShape(3584, 18944, BuiltLayers, 28, 4, 128, 152064) { Bias = true }, tied: false, 28),
        InternVl("InternVL2.5 8B", new DecoderShape(4096, 14336, BuiltLayers, 32, 8, 128, 92553), 32),
    ];

    private static SyntheticFamily Llava(string name, DecoderShape text) => new(
        name,
        "llava15-tiny",
        $$"""{"text_config": {{Text(text, 1e-5)}}, "vision_config": {{Vision(ClipLarge, 16)}}}""",
        """{"crop_size": {"height": 336, "width": 336}, "size": {"shortest_edge": 336}}""",
        weights =>
        {
            weights.ClipTower("vision_tower.vision_model.", ClipLarge, classToken: true);
            ProjectorAndDecoder(weights, text);
        }) { PublishedLayers = 32 };

    /// <summary>Two encoders of one shape, for pictures and for frames of videos.</summary>
    private static SyntheticFamily VideoLlava(string name, DecoderShape text) => new(
        name,
        "video-llava-tiny",
        $$"""{"text_config": {{Text(text, 1e-5)}}, "vision_config": {{Vision(LanguageBind, 16)}}}""",
        """{"crop_size": {"height": 224, "width": 224}, "size": {"shortest_edge": 224}}""",
        weights =>
        {
            weights.ClipTower("image_tower.vision_model.", LanguageBind, classToken: true);
            weights.ClipTower("video_tower.vision_model.", LanguageBind, classToken: true);
            ProjectorAndDecoder(weights, text);
        }) { PublishedLayers = 32 };

    private static SyntheticFamily LlavaNext(string name, DecoderShape text) => new(
        name,
        "llava-next-mistral-tiny",
        $$"""{"text_config": {{Text(text, 1e-5)}}, "vision_config": {{Vision(ClipLarge, 16)}}, "image_grid_pinpoints": {{Grid(336)}}}""",
        $$"""{"crop_size": {"height": 336, "width": 336}, "size": {"shortest_edge": 336}, "image_grid_pinpoints": {{Grid(336)}}}""",
        weights =>
        {
            weights.ClipTower("vision_tower.vision_model.", ClipLarge, classToken: true);
            weights.Add("image_newline", text.Hidden);
            ProjectorAndDecoder(weights, text);
        }) { PublishedLayers = 32 };

    private static SyntheticFamily OneVision(string name, DecoderShape text)
    {
        string grid = $"[{string.Join(',', Enumerable.Range(0, 36).Select(i => $"[{384 * ((i / 6) + 1)},{384 * ((i % 6) + 1)}]"))}]";
        return new SyntheticFamily(
            name,
            "llava-onevision-tiny",
            $$"""{"text_config": {{Text(text, 1e-6)}}, "vision_config": {{Vision(Siglip, 16)}}, "image_grid_pinpoints": {{grid}}}""",
            $$"""{"size": {"height": 384, "width": 384}, "image_grid_pinpoints": {{grid}}}""",
            weights =>
            {
                weights.ClipTower("vision_tower.vision_model.", Siglip, classToken: false);
                weights.Linear("multi_modal_projector.linear_1", text.Hidden, Siglip.Width, bias: true);
                weights.Linear("multi_modal_projector.linear_2", text.Hidden, text.Hidden, bias: true);
                weights.Add("image_newline", text.Hidden);
                weights.Decoder("language_model.model.", head: null, text);
            });
    }

    private static SyntheticFamily Qwen2(string name, DecoderShape text) => new(
        name,
        "qwen2-vl-tiny",
        Flat(text, $$"""
            "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]}, "tie_word_embeddings": true,
            "vision_config": {"depth": 32, "embed_dim": 1280, "hidden_size": {{text.Hidden}}, "mlp_ratio": 4, "num_heads": 16, "patch_size": 14, "spatial_patch_size": 14}
            """),
        """{"patch_size": 14, "min_pixels": 3136, "max_pixels": 12845056}""",
        weights =>
        {
            QwenEncoder(weights, "visual.", 1280, 5120, 32, 14, gated: false);
            Merger(weights, "visual.merger.", "ln_q", "mlp.0", "mlp.2", 1280, text.Hidden, normBias: true);
            weights.Decoder("model.", head: null, text);
        });

    private static SyntheticFamily Qwen25(string name, DecoderShape text, bool tied, int publishedLayers) => new(
        name,
        "qwen25-vl-tiny",
        Flat(text, $$"""
            "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]}, "tie_word_embeddings": {{(tied ? "true" : "false")}},
            "vision_config": {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16, "out_hidden_size": {{text.Hidden}}, "patch_size": 14,
              "spatial_patch_size": 14, "window_size": 112, "fullatt_block_indexes": [7, 15, 23, 31]}
            """),
        """{"patch_size": 14, "min_pixels": 3136, "max_pixels": 12845056}""",
        weights =>
        {
            QwenEncoder(weights, "visual.", 1280, 3420, 32, 14, gated: true);
            Merger(weights, "visual.merger.", "ln_q", "mlp.0", "mlp.2", 1280, text.Hidden, normBias: false);
            weights.Decoder("model.", tied ? null : "lm_head.weight", text);
        }) { PublishedLayers = publishedLayers };

    private static SyntheticFamily Qwen3(string name, DecoderShape text)
    {
        int[] deepStack = [5, 11, 17];
        return new SyntheticFamily(
            name,
            "qwen3-vl-tiny",
            $$"""
            {"text_config": {{Text(text, 1e-6)[..^1]}}, "rope_scaling": {"mrope_interleaved": true, "mrope_section": [24, 20, 20], "rope_type": "default"} },
             "vision_config": {"depth": 24, "hidden_size": 1024, "intermediate_size": 4096, "num_heads": 16, "out_hidden_size": {{text.Hidden}}, "patch_size": 16,
               "num_position_embeddings": 2304, "deepstack_visual_indexes": [{{string.Join(',', deepStack)}}] } }
            """,
            """{"patch_size": 16, "min_pixels": 65536, "max_pixels": 16777216, "size": {"shortest_edge": 65536, "longest_edge": 16777216}}""",
            weights =>
            {
                QwenEncoder(weights, "model.visual.", 1024, 4096, 24, 16, gated: false, third: true);
                weights.Add("model.visual.pos_embed.weight", 2304, 1024);
                Merger(weights, "model.visual.merger.", "norm", "linear_fc1", "linear_fc2", 1024, text.Hidden, normBias: true);
                for (int level = 0; level < deepStack.Length; level++)
                {
                    Merger(weights, $"model.visual.deepstack_merger_list.{level}.", "norm", "linear_fc1", "linear_fc2", 1024, text.Hidden, normBias: true, wideNorm: true);
                }

                weights.Decoder("model.language_model.", head: null, text);
            });
    }

    private static SyntheticFamily InternVl(string name, DecoderShape text, int publishedLayers) => new(
        name,
        "internvl25-orig-tiny",
        $$"""
        {"force_image_size": 448, "max_dynamic_patch": 12, "hidden_size": {{text.Hidden}}, "vision_config": {{Vision(InternVit, 16)}},
         "llm_config": {{Text(text, 1e-6)[..^1]}}, "architectures": ["{{(text.Bias ? "Qwen2ForCausalLM" : "InternLM2ForCausalLM")}}"], "model_type": "{{(text.Bias ? "qwen2" : "internlm2")}}"} }
        """,
        """{"crop_size": 448, "size": 448}""",
        weights =>
        {
            weights.InternVit("vision_model.", InternVit);
            weights.Norm("mlp1.0", 4 * InternVit.Width, bias: true);
            weights.Linear("mlp1.1", text.Hidden, 4 * InternVit.Width, bias: true);
            weights.Linear("mlp1.3", text.Hidden, text.Hidden, bias: true);
            if (text.Bias)
            {
                weights.Decoder("language_model.model.", "language_model.lm_head.weight", text);
            }
            else
            {
                weights.InternLm2("language_model.model.", "language_model.output.weight", text);
            }
        }) { PublishedLayers = publishedLayers };

    /// <summary>Behind an encoder of 1024 numbers.</summary>
    private static void ProjectorAndDecoder(SyntheticWeights weights, DecoderShape text)
    {
        weights.Linear("multi_modal_projector.linear_1", text.Hidden, ClipLarge.Width, bias: true);
        weights.Linear("multi_modal_projector.linear_2", text.Hidden, text.Hidden, bias: true);
        weights.Decoder("language_model.model.", "language_model.lm_head.weight", text);
    }

    /// <summary>The encoders of the three Qwen generations: gated feed-forward and norms without bias in the second, other names in the third.</summary>
    private static void QwenEncoder(SyntheticWeights weights, string prefix, int width, int inner, int blocks, int patch, bool gated, bool third = false)
    {
        weights.Add(prefix + "patch_embed.proj.weight", width, 3, 2, patch, patch);
        if (third)
        {
            weights.Add(prefix + "patch_embed.proj.bias", width);
        }

        for (int i = 0; i < blocks; i++)
        {
            string block = $"{prefix}blocks.{i}.";
            weights.Norm(block + "norm1", width, bias: !gated);
            weights.Norm(block + "norm2", width, bias: !gated);
            weights.Linear(block + "attn.qkv", 3 * width, width, bias: true);
            weights.Linear(block + "attn.proj", width, width, bias: true);
            string first = gated ? "mlp.up_proj" : third ? "mlp.linear_fc1" : "mlp.fc1", second = gated ? "mlp.down_proj" : third ? "mlp.linear_fc2" : "mlp.fc2";
            weights.Linear(block + first, inner, width, bias: true);
            weights.Linear(block + second, width, inner, bias: true);
            if (gated)
            {
                weights.Linear(block + "mlp.gate_proj", inner, width, bias: true);
            }
        }
    }

    private static void Merger(SyntheticWeights weights, string prefix, string norm, string first, string second, int width, int hidden, bool normBias, bool wideNorm = false)
    {
        weights.Add(prefix + norm + ".weight", wideNorm ? 4 * width : width);
        if (normBias)
        {
            weights.Add(prefix + norm + ".bias", wideNorm ? 4 * width : width);
        }

        weights.Linear(prefix + first, 4 * width, 4 * width, bias: true);
        weights.Linear(prefix + second, hidden, 4 * width, bias: true);
    }

    private static string Text(DecoderShape shape, double epsilon) => $$"""
        {"hidden_size": {{shape.Hidden}}, "intermediate_size": {{shape.Inner}}, "num_hidden_layers": {{shape.Layers}}, "num_attention_heads": {{shape.Heads}},
         "num_key_value_heads": {{shape.KeyHeads}}, "head_dim": {{shape.HeadSize}}, "vocab_size": {{shape.Vocabulary}}, "max_window_layers": {{shape.Layers}},
         "max_position_embeddings": 32768, "rms_norm_eps": {{(epsilon == 1e-5 ? "1e-5" : "1e-6")}}}
        """;

    /// <summary>The language model's keys at the top, with others.</summary>
    private static string Flat(DecoderShape shape, string others) => $"{Text(shape, 1e-6)[..^1]}, {others}}}";

    private static string Vision(EncoderShape shape, int heads) => $$"""
        {"hidden_size": {{shape.Width}}, "intermediate_size": {{shape.Inner}}, "num_hidden_layers": {{shape.Blocks}}, "num_attention_heads": {{heads}},
         "image_size": {{shape.Side}}, "patch_size": {{shape.Patch}}}
        """;

    private static string Grid(int tile) => $"[[{tile},{2 * tile}],[{2 * tile},{tile}],[{2 * tile},{2 * tile}],[{3 * tile},{tile}],[{tile},{3 * tile}]]";
}
