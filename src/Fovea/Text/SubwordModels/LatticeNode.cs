namespace Fovea.Text.SubwordModels;

/// <summary>The best way to reach a place of a text.</summary>
/// <param name="From">Where its last token begins; −1 if the place has not been reached.</param>
/// <param name="Piece">Index of that token; −1 for an unknown character.</param>
/// <param name="Score">Sum of the scores of all its tokens.</param>
internal readonly record struct LatticeNode(int From, int Piece, float Score)
{
    /// <summary>The end of the token after it, on the best path; −1 at the end of the text.</summary>
    public int Next { get; init; } = -1;
}
