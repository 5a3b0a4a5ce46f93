namespace Fovea.Imaging;

/// <summary>The filters of resizing, with the numbers that checkpoints write under <c>resample</c>.</summary>
public enum ResampleFilter
{
    /// <summary>The nearest pixel.</summary>
    Nearest = 0,

    /// <summary>A sinc windowed by a sinc of three times its width; support 3.</summary>
    Lanczos = 1,

    /// <summary>A triangle; support 1.</summary>
    Bilinear = 2,

    /// <summary>The cubic of Keys with a = −0.5; support 2.</summary>
    Bicubic = 3,

    /// <summary>The mean of the covered pixels; support 0.5.</summary>
    Box = 4,

    /// <summary>A sinc windowed by a Hamming window; support 1.</summary>
    Hamming = 5,
}
