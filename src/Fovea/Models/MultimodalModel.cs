using Fovea.Imaging;
using Fovea.Nn;
using Fovea.Tensors;
using Fovea.Tensors.Ops;
using Fovea.Tensors.Serialization;
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

    /// <summary>The id that stands for an image, and in an expanded prompt for each of its visual tokens.</summary>
    public abstract int ImageTokenId { get; }

    /// <summary>The id that stands for a video, or none if the family has no videos.</summary>
    public virtual int? VideoTokenId => null;

    /// <summary>Ids that end an answer.</summary>
    public abstract IReadOnlyList<int> EndTokens { get; }

    /// <summary>Texts that end an answer where the prompt format needs them beside the end tokens.</summary>
    public virtual IReadOnlyList<string> StopTexts => [];

    /// <summary>The language model.</summary>
    public abstract LanguageModel LanguageModel { get; }

    /// <summary>The vision encoder.</summary>
    public abstract VisionEncoder Vision { get; }

    /// <summary>Hidden states that the features are made of (0 = input of block 0, j + 1 = output of block j).</summary>
    public abstract IReadOnlyList<int> FeatureLayers { get; }

    /// <summary>The block whose output is the last that the features need.</summary>
    public int FeatureBlock => Math.Max(0, FeatureLayers.Max() - 1);

    /// <summary>Bytes of the packed weights.</summary>
    public abstract long WeightBytes { get; }

    /// <summary>The matrices of all linear layers and the formats that they are kept in.</summary>
    public IReadOnlyList<LoadedMatrix> Matrices { get; internal init; } = [];

    /// <summary>What became of the packed weights on disk; none if there are to be none.</summary>
    public PackedCache? PackedCache { get; internal init; }

    /// <summary>Multiply-adds of projecting one feature row.</summary>
    public abstract long ProjectorMultiplyAdds { get; }

    /// <summary>The value of visual tokens that come from no feature (row ends): [hidden size], or none.</summary>
    public virtual Tensor? InsertedToken => null;

    /// <summary>The prompt of a conversation, open for the assistant's next turn.</summary>
    public abstract string Prompt(IReadOnlyList<ChatMessage> messages);

    /// <summary>Chooses and prepares the frames of videos; none if the family takes no videos.</summary>
    public virtual VideoProcessor? Videos => null;

    /// <summary>The ids of a prompt, with one placeholder for each picture and video.</summary>
    public virtual int[] Encode(string prompt) => Tokenizer.EncodePrompt(prompt);

    /// <summary>
    /// The ids that the language model reads for the text feature of a prompt's question, where the visual tokens depend on it; empty = they do not. Asked only
    /// of prompts with pictures.
    /// </summary>
    /// <param name="ids">The tokenised prompt, with one placeholder for each picture.</param>
    public virtual int[] Question(ReadOnlySpan<int> ids) => [];

    /// <summary>Pictures and videos of one prompt, in the order of their placeholders, to encoder input.</summary>
    /// <exception cref="NotSupportedException">The family does not take videos.</exception>
    public abstract VisualInput Prepare(IReadOnlyList<VisualItem> items);

    /// <summary>The ids of a prompt with every placeholder expanded; those that are visual tokens carry the placeholder's id.</summary>
    /// <param name="ids">The tokenised prompt.</param>
    /// <param name="items">Its pictures and videos, in the order of their placeholders.</param>
    /// <param name="tokens">Visual tokens of each.</param>
    public virtual int[] Expand(ReadOnlySpan<int> ids, IReadOnlyList<VisualItem> items, IReadOnlyList<int> tokens)
    {
        var expanded = new List<int>(ids.Length);
        int item = 0;
        foreach (int id in ids)
        {
            expanded.AddRange(IsVisual(id) ? Enumerable.Repeat(id, tokens[item++]) : [id]);
        }

        return [.. expanded];
    }

    /// <summary>Positions of new tokens.</summary>
    /// <param name="ids">The expanded ids.</param>
    /// <param name="geometry">The visual tokens among them, in order.</param>
    /// <param name="start">The first position.</param>
    public virtual TokenPosition[] Positions(ReadOnlySpan<int> ids, Geometry geometry, int start)
    {
        var positions = new TokenPosition[ids.Length];
        for (int i = 0; i < positions.Length; i++)
        {
            positions[i] = TokenPosition.At(start + i);
        }

        return positions;
    }

    /// <summary>The selected features: [feature rows, feature width], rented.</summary>
    public abstract Tensor Features(Compute compute, VisionState state);

    /// <summary>Multiply-adds of making the features of what the encoder made.</summary>
    public virtual long FeatureMultiplyAdds(VisionState state) => 0;

    /// <summary>What the encoder's attention over its stream says of each feature row: [heads, rows of the stream] → [heads, feature rows], owned by the caller.</summary>
    public abstract Tensor FeatureAttention(VisionState state, Tensor attention);

    /// <summary>Features to rows of the language model: [rows, feature width] → [rows, hidden size], rented.</summary>
    public abstract Tensor Project(Compute compute, Tensor features);

    /// <summary>How many further feature sets are added to the visual tokens behind the first decoder layers (DeepStack, arXiv 2406.04334).</summary>
    public virtual int DeepStackLevels => 0;

    /// <summary>Further features: of each feature row what is added behind decoder layer <paramref name="level"/>; [feature rows, feature width], rented.</summary>
    public virtual Tensor DeepStackFeatures(Compute compute, VisionState state, int level) => throw new NotSupportedException($"{Family} has no DeepStack features.");

    /// <summary>Further features to rows of the language model: [rows, feature width] → [rows, hidden size], rented.</summary>
    public virtual Tensor ProjectDeepStack(Compute compute, Tensor features, int level) => throw new NotSupportedException($"{Family} has no DeepStack features.");

    /// <summary>Whether an id of an expanded prompt is a visual token.</summary>
    public bool IsVisual(int id) => id == ImageTokenId || id == VideoTokenId;

    /// <inheritdoc/>
    public abstract void Dispose();
}
