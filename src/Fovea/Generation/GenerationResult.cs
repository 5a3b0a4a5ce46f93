namespace Fovea.Generation;

/// <summary>An answer.</summary>
/// <param name="Text">Its text, without special tokens and stop texts.</param>
/// <param name="Tokens">Its tokens, an end token included.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="Report">What it cost.</param>
public sealed record GenerationResult(string Text, IReadOnlyList<int> Tokens, FinishReason FinishReason, RunReport Report);
