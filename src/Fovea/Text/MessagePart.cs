namespace Fovea.Text;

/// <summary>A part of a chat message: a text, or the place of an image or a video.</summary>
public abstract record MessagePart;
