using Fovea.Models;

namespace Fovea.Generation;

/// <summary>
/// Floating-point operations, exactly as the matrices and the attention need them: two per multiply-add. Norms, activations, rotary embedding and softmax
/// are left out, as is usual; they are below one per cent.
/// </summary>
public static class OperationCount
{
    /// <summary>The patch embedding of some tiles.</summary>
    public static long PatchEmbedding(VisionTransformer vision, int tiles)
    {
        var config = vision.Config;
        return 2L * tiles * config.Side * config.Side * config.HiddenSize * config.NumChannels * config.PatchSize * config.PatchSize;
    }

    /// <summary>One block over tiles that start at <paramref name="offsets"/>.</summary>
    public static long EncoderBlock(VisionTransformer vision, ReadOnlySpan<int> offsets)
    {
        long tokens = offsets[^1], operations = tokens * 2 * vision.Blocks[0].MultiplyAdds;
        for (int tile = 0; tile + 1 < offsets.Length; tile++)
        {
            long count = offsets[tile + 1] - offsets[tile];
            operations += 4 * count * count * vision.Config.HiddenSize;
        }

        return operations;
    }

    /// <summary>One decoder layer over <paramref name="tokens"/> new tokens with <paramref name="past"/> entries in the cache.</summary>
    public static long DecoderLayer(TextConfig config, long tokens, long past)
    {
        long visible = (tokens * past) + (tokens * (tokens + 1) / 2);
        return (2 * tokens * config.LayerParameters) + (4 * visible * config.NumAttentionHeads * config.HeadDim);
    }

    /// <summary>Logits of one token.</summary>
    public static long Head(TextConfig config) => 2L * config.HiddenSize * config.VocabSize;
}
