namespace Fovea.Text.Vocabularies;

/// <summary>A part of a text: an added token, or the text between two of them.</summary>
/// <param name="From">First scalar.</param>
/// <param name="To">End.</param>
/// <param name="Id">The id of the added token; −1 for text.</param>
internal readonly record struct TextSegment(int From, int To, int Id);
