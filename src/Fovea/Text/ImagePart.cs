namespace Fovea.Text;

/// <summary>The place of an image in a chat message. The k-th place of a conversation belongs to its k-th image.</summary>
public sealed record ImagePart : MessagePart;
