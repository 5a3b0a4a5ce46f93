namespace Fovea.Text;

/// <summary>Text of a message.</summary>
/// <param name="Text">The text.</param>
public sealed record TextPart(string Text) : MessagePart;
