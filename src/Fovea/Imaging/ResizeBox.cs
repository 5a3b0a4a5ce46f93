namespace Fovea.Imaging;

/// <summary>The part of a picture that is resized, in pixels from its upper left corner; edges may lie inside pixels.</summary>
/// <param name="Left">The left edge, ≥ 0.</param>
/// <param name="Top">The upper edge, ≥ 0.</param>
/// <param name="Right">The right edge, &gt; <paramref name="Left"/>, at most the width.</param>
/// <param name="Bottom">The lower edge, &gt; <paramref name="Top"/>, at most the height.</param>
public readonly record struct ResizeBox(float Left, float Top, float Right, float Bottom);
