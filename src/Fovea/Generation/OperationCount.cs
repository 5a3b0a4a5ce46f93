using Fovea.Models;

namespace Fovea.Generation;

/// <summary>
/// Floating-point operations, exactly as the matrices and the attention need them: two per multiply-add. Norms, activations, rotary embedding and softmax
/// are left out, as is usual; they are below one per cent.
/// </summary>
public static class OperationCount
{
    /// <summary>Decoder layer <paramref name="layer"/> over <paramref name="tokens"/> new tokens with <paramref name="past"/> entries in the cache.</summary>
    public static long DecoderLayer(TextConfig config, int layer, long tokens, long past)
    {
        long visible = (tokens * past) + (tokens * (tokens + 1) / 2);
        return (2 * tokens * config.LayerMultiplyAdds(layer)) + (4 * visible * config.NumAttentionHeads * config.HeadDim);
    }

    /// <summary>Logits of one token.</summary>
    public static long Head(TextConfig config) => 2L * config.HiddenSize * config.VocabSize;
}
