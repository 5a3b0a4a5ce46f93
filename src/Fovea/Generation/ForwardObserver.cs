using Fovea.Nn;
using Fovea.Reduction;
using Fovea.Tensors;

namespace Fovea.Generation;

/// <summary>Sees the values of a forward pass as they arise, without changing them. Every tensor is valid during the call only.</summary>
public abstract class ForwardObserver
{
    /// <summary>Encoder states before block 0 (block −1) or after a block: [tokens, width], the tiles end to end.</summary>
    public virtual void OnEncoder(int block, Tensor states)
    {
    }

    /// <summary>Whether <see cref="OnEncoderAttention"/> is wanted of a block.</summary>
    public virtual bool WantsEncoderAttention(int block) => false;

    /// <summary>The class token's attention, or the attention received, in an encoder block: [heads, feature rows].</summary>
    public virtual void OnEncoderAttention(int block, Tensor attention)
    {
    }

    /// <summary>The text feature of a prompt's question, where the visual tokens depend on it.</summary>
    /// <param name="question">The ids that the language model read.</param>
    /// <param name="feature">[1, hidden size].</param>
    public virtual void OnTextFeature(IReadOnlyList<int> question, Tensor feature)
    {
    }

    /// <summary>Selected features before the projector: [visual tokens, width].</summary>
    public virtual void OnFeatures(Tensor features)
    {
    }

    /// <summary>Visual tokens as they enter the prompt: [visual tokens, hidden size].</summary>
    public virtual void OnVisualTokens(Tensor tokens)
    {
    }

    /// <summary>What will be added to the visual tokens behind a decoder layer: [visual tokens, hidden size].</summary>
    public virtual void OnDeepStack(int level, Tensor features)
    {
    }

    /// <summary>Decoder states before layer 0 (layer −1) or after a layer: [tokens, hidden size], the sequences end to end.</summary>
    public virtual void OnDecoder(int layer, Tensor hidden)
    {
    }

    /// <summary>A reduction before a decoder layer, just applied to one sequence.</summary>
    /// <param name="stage">Where.</param>
    /// <param name="map">Over the rows of the sequence, text included.</param>
    /// <param name="states">The rows that are left: [tokens, hidden size].</param>
    /// <param name="positions">Their positions.</param>
    public virtual void OnReduction(Stage stage, TokenMap map, Tensor states, ReadOnlySpan<TokenPosition> positions)
    {
    }

    /// <summary>Logits of every sequence's last token: [sequences, vocabulary].</summary>
    public virtual void OnLogits(Tensor logits)
    {
    }
}
