namespace Fovea.Text.SentencePiece;

/// <summary>An entry of a SentencePiece model; its id is its place.</summary>
/// <param name="Text">The text, blanks written as U+2581.</param>
/// <param name="Score">The score: higher is merged first, or more probable.</param>
/// <param name="Kind">What it is for.</param>
internal readonly record struct Piece(string Text, float Score, PieceKind Kind);
