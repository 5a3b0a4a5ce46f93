namespace Fovea.Text;

/// <summary>A piece of a message: text, a picture or a video.</summary>
public abstract record MessagePart;
