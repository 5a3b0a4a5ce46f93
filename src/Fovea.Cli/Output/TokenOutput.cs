namespace Fovea.Cli.Output;

/// <summary>One token of a text.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Piece">Its piece in the vocabulary.</param>
/// <param name="Start">First UTF-16 unit of the text that it stands for.</param>
/// <param name="Length">UTF-16 units; 0 for tokens that the text does not contain.</param>
/// <param name="Text">That part of the text.</param>
internal sealed record TokenOutput(int Id, string Piece, int Start, int Length, string Text);
