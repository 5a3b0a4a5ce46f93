namespace Fovea.Imaging;

/// <summary>How a sample of 16-bit grayscale becomes one of 8 bits.</summary>
public enum Gray16Conversion
{
    /// <summary>
    /// min(v, 255), what Pillow's <c>convert("RGB")</c> does: nearly every pixel becomes white. The default, because answers are compared with the
    /// reference.
    /// </summary>
    Clip,

    /// <summary>v &gt;&gt; 8, what a viewer shows.</summary>
    Shift,
}
