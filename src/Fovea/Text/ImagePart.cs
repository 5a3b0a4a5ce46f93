namespace Fovea.Text;

/// <summary>The place of a picture in a message; the pixels travel beside it.</summary>
public sealed record ImagePart : MessagePart;
