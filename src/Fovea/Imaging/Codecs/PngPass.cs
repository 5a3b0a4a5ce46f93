namespace Fovea.Imaging.Codecs;

/// <summary>One pass of a PNG picture: the pixels (X + i·StepX, Y + j·StepY).</summary>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY)
{
    /// <summary>The only pass of a picture that is not interlaced.</summary>
    public static readonly PngPass Whole = new(0, 0, 1, 1);

    /// <summary>The seven passes of Adam7.</summary>
    public static readonly PngPass[] All =
    [
        new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2),
    ];

    public (int Width, int Height) SizeIn(int width, int height) =>
        (Math.Max(0, (width - X + StepX - 1) / StepX), Math.Max(0, (height - Y + StepY - 1) / StepY));
}
