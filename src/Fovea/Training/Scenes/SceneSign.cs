namespace Fovea.Training.Scenes;

/// <summary>A sign with a text.</summary>
/// <param name="What">"number", "word" or "letters".</param>
/// <param name="Text">One to four digits or capital letters.</param>
/// <param name="X">Left edge, in pixels.</param>
/// <param name="Y">Upper edge, in pixels.</param>
/// <param name="Style">0 = dark on light, 1 = light on dark.</param>
public sealed record SceneSign(string What, string Text, int X, int Y, int Style)
{
    /// <summary>Height of every sign, in pixels.</summary>
    public const int Height = 22;

    /// <summary>Width in pixels.</summary>
    public int Width => WidthOf(Text);

    /// <summary>The centre, in pixels.</summary>
    public (int X, int Y) Center => (X + (Width / 2), Y + (Height / 2));

    /// <summary>Width of a sign with this text.</summary>
    internal static int WidthOf(string text) => (12 * text.Length) + 6;
}
