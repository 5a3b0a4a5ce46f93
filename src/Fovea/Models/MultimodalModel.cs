using Fovea.Imaging;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Text;

namespace Fovea.Models;

/// <summary>
/// What every vision-language model is made of, in the order of the data: processor, encoder, projector, language model. It has no loop of its own:
/// whoever drives it runs block after block and layer after layer and may shrink the token axis between them. Safe for concurrent reading.
/// </summary>
public abstract class MultimodalModel : IDisposable
{
    /// <summary>The <c>model_type</c>.</summary>
    public abstract string Family { get; }

    /// <summary>Text to ids.</summary>
    public abstract Tokenizer Tokenizer { get; }

    /// <summary>The id that stands for an image in a prompt.</summary>
    public abstract int ImageTokenId { get; }

    /// <summary>Ids that end an answer.</summary>
    public abstract IReadOnlyList<int> EndTokens { get; }

    /// <summary>The language model.</summary>
    public abstract LanguageModel LanguageModel { get; }

    /// <summary>The vision encoder.</summary>
    public abstract VisionTransformer Vision { get; }

    /// <summary>The block whose output is the last that the features need.</summary>
    public abstract int FeatureBlock { get; }

    /// <summary>Hidden states that the features are made of (0 = input of block 0, j + 1 = output of block j).</summary>
    public abstract IReadOnlyList<int> FeatureLayers { get; }

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long WeightBytes { get; }

    /// <summary>Multiply-adds of projecting one visual token.</summary>
    public abstract long ProjectorMultiplyAdds { get; }

    /// <summary>The prompt of a conversation, open for the assistant's next turn.</summary>
    public abstract string Prompt(IReadOnlyList<ChatMessage> messages);

    /// <summary>Pictures of one prompt to encoder input.</summary>
    public abstract VisualInput Prepare(IReadOnlyList<Image> images);

    /// <summary>The encoder's tokens before block 0.</summary>
    public abstract VisionState Embed(Compute compute, VisualInput input);

    /// <summary>The selected features: [visual tokens, feature width] in the order of the geometry, rented.</summary>
    public abstract Tensor Features(Compute compute, VisionState state);

    /// <summary>Features to rows of the language model: [tokens, feature width] → [tokens, hidden size], rented.</summary>
    public abstract Tensor Project(Compute compute, Tensor features);

    /// <inheritdoc/>
    public abstract void Dispose();
}
