using Fovea.Tensors.Kernels;

namespace Fovea.Models.Qwen;

/// <summary><c>vision_config</c> of the Qwen models.</summary>
internal sealed record QwenVisionConfig
{
    /// <summary>Which generation.</summary>
    public required QwenVersion Version { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the visual tokens.</summary>
    public required int OutHiddenSize { get; init; }

    /// <summary>Width inside the feed-forward block.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Attention heads.</summary>
    public required int NumHeads { get; init; }

    /// <summary>Side of a patch in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Side of a merged token in patches.</summary>
    public required int SpatialMergeSize { get; init; }

    /// <summary>Frames of a patch.</summary>
    public required int TemporalPatchSize { get; init; }

    /// <summary>Activation of the feed-forward block.</summary>
    public required Activation HiddenAct { get; init; }

    /// <summary>Side of an attention window in pixels (Qwen2.5-VL); 0 = no windows.</summary>
    public int WindowSize { get; init; }

    /// <summary>Blocks that see the whole frame where the others see windows.</summary>
    public IReadOnlyList<int> FullAttentionBlocks { get; init; } = [];

    /// <summary>Rows of the learned position table (Qwen3-VL); 0 = no table.</summary>
    public int NumPositionEmbeddings { get; init; }

    /// <summary>Blocks whose outputs are added behind the first decoder layers (Qwen3-VL).</summary>
    public IReadOnlyList<int> DeepStackBlocks { get; init; } = [];

    /// <summary>Steps of the temporal axis per second (Qwen2.5-VL).</summary>
    public double TokensPerSecond { get; init; } = 1;

    /// <summary>Patches of a merged token.</summary>
    public int MergedPatches => SpatialMergeSize * SpatialMergeSize;

    /// <summary>Numbers per head.</summary>
    public int HeadSize => HiddenSize / NumHeads;

    /// <summary>Numbers of a patch: channels, frames, rows, columns.</summary>
    public int PatchLength => 3 * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>Reads the object; the defaults are those of the generation.</summary>
    /// <exception cref="InvalidDataException">A key is wrong, or the sizes contradict each other.</exception>
    public static QwenVisionConfig Read(ConfigReader config, QwenVersion version)
    {
        int width = version == QwenVersion.Qwen2 ? config.Count("embed_dim", 1280) : config.Count("hidden_size", version == QwenVersion.Qwen25 ? 3584 : 1152);
        var read = new QwenVisionConfig
        {
            Version = version,
            HiddenSize = width,
            OutHiddenSize = config.Count(version == QwenVersion.Qwen2 ? "hidden_size" : "out_hidden_size", 3584),
            IntermediateSize = version == QwenVersion.Qwen2 ? Scaled(config, width) : config.Count("intermediate_size", version == QwenVersion.Qwen25 ? 3420 : 4304),
            Depth = config.Count("depth", version == QwenVersion.Qwen3 ? 27 : 32),
            NumHeads = config.Count("num_heads", 16),
            PatchSize = config.Count("patch_size", version == QwenVersion.Qwen3 ? 16 : 14),
            SpatialMergeSize = config.Count("spatial_merge_size", 2),
            TemporalPatchSize = config.Count("temporal_patch_size", 2),
            HiddenAct = config.Activation("hidden_act", version switch { QwenVersion.Qwen2 => "quick_gelu", QwenVersion.Qwen25 => "silu", _ => "gelu_pytorch_tanh" }),
            WindowSize = version == QwenVersion.Qwen25 ? config.Count("window_size", 112) : 0,
            FullAttentionBlocks = version == QwenVersion.Qwen25 ? Blocks(config, "fullatt_block_indexes", [7, 15, 23, 31]) : [],
            NumPositionEmbeddings = version == QwenVersion.Qwen3 ? config.Count("num_position_embeddings", 2304) : 0,
            DeepStackBlocks = version == QwenVersion.Qwen3 ? Blocks(config, "deepstack_visual_indexes", [8, 16, 24]) : [],
            TokensPerSecond = version == QwenVersion.Qwen25 ? config.Number("tokens_per_second", 4) : 1,
        };
        read.Validate(config);
        return read;
    }

    private static int Scaled(ConfigReader config, int width)
    {
        double ratio = config.Number("mlp_ratio", 4);
        return ratio * width is >= 1 and <= int.MaxValue and var scaled ? (int)scaled : throw config.Wrong("mlp_ratio", "a factor that gives a positive width");
    }

    private static IReadOnlyList<int> Blocks(ConfigReader config, string key, IReadOnlyList<int> missing) => config.Has(key) ? config.Wholes(key) : missing;

    private void Validate(ConfigReader config)
    {
        if (HiddenSize % NumHeads != 0 || HeadSize % 4 != 0)
        {
            throw config.Wrong("num_heads", $"such that the width {HiddenSize} gives heads whose size is a multiple of 4 (two axes of rotated pairs)");
        }

        if (Version == QwenVersion.Qwen25 && WindowSize / SpatialMergeSize / PatchSize < 1)
        {
            throw config.Wrong("window_size", $"at least the side of a merged token ({SpatialMergeSize * PatchSize})");
        }

        if (TokensPerSecond < 0)
        {
            throw config.Wrong("tokens_per_second", "not negative");
        }

        if (DeepStackBlocks.Any(block => block < 0 || block >= Depth) || DeepStackBlocks.Distinct().Count() != DeepStackBlocks.Count)
        {
            throw config.Wrong("deepstack_visual_indexes", $"different blocks below depth ({Depth})");
        }

        _ = checked((long)PatchLength * MergedPatches * HiddenSize);
    }
}
