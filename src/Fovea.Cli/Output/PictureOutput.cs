namespace Fovea.Cli.Output;

/// <summary>The visual tokens of a picture of some size, as JSON.</summary>
internal sealed record PictureOutput(int Width, int Height, int Tokens);
