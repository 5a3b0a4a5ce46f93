namespace Fovea.Text;

/// <summary>A token and the part of the input text that it stands for.</summary>
/// <param name="Id">The token id.</param>
/// <param name="Start">First UTF-16 unit of the part.</param>
/// <param name="Length">Number of UTF-16 units; 0 for tokens that the text does not contain, such as a beginning-of-sequence token or an inserted blank.</param>
/// <remarks>Tokens that share one character, such as two byte tokens of one emoji, each carry the whole character.</remarks>
public readonly record struct TokenSpan(int Id, int Start, int Length);
