namespace Fovea.Text;

/// <summary>Text in a chat message.</summary>
/// <param name="Text">The text.</param>
public sealed record TextPart(string Text) : MessagePart;
