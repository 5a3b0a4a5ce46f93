namespace Fovea.Text.SubwordModels;

/// <summary>A token of a Unigram model.</summary>
/// <param name="Text">The text, not normalised further.</param>
/// <param name="Id">The token id.</param>
/// <param name="Score">Logarithm of its probability.</param>
internal readonly record struct UnigramPiece(string Text, int Id, float Score);
