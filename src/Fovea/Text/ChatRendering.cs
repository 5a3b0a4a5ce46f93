namespace Fovea.Text;

/// <summary>A rendered conversation.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="GenerationRanges">The parts [start, end) that the template marks as the assistant's, in code points of <paramref name="Text"/>.</param>
public sealed record ChatRendering(string Text, IReadOnlyList<(int Start, int End)> GenerationRanges);
