using Fovea.Text.SubwordModels;
using Fovea.Text.Vocabularies;

namespace Fovea.Text;

/// <summary>Memory of one encoding call, reused from call to call.</summary>
internal sealed class EncodingWorkspace
{
    /// <summary>The input text.</summary>
    public ScalarBuffer Input { get; } = new();

    /// <summary>The piece at hand.</summary>
    public ScalarBuffer Piece { get; } = new();

    /// <summary>The other side when <see cref="Piece"/> is rewritten.</summary>
    public ScalarBuffer Spare { get; } = new();

    /// <summary>A normalised piece while its words are made.</summary>
    public ScalarBuffer Words { get; } = new();

    /// <summary>The other side when <see cref="Words"/> is rewritten.</summary>
    public ScalarBuffer SpareWords { get; } = new();

    /// <summary>The input, cut at added tokens.</summary>
    public List<TextSegment> Segments { get; } = [];

    /// <summary>The piece at hand, cut at added tokens.</summary>
    public List<TextSegment> PieceSegments { get; } = [];

    /// <summary>Memory of the subword model.</summary>
    public SubwordWorkspace Subwords { get; } = new();

    /// <summary>The tokens found.</summary>
    public TokenList Tokens { get; } = new();
}
