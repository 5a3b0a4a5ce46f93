namespace Fovea.Text;

/// <summary>The place of a video in a chat message. The k-th place of a conversation belongs to its k-th video.</summary>
public sealed record VideoPart : MessagePart;
