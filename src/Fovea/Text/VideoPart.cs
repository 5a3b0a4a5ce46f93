namespace Fovea.Text;

/// <summary>The place of a video in a message; the frames travel beside it.</summary>
public sealed record VideoPart : MessagePart;
