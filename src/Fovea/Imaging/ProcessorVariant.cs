namespace Fovea.Imaging;

/// <summary>Which of the two implementations of a processor is followed. They differ in the last digit of resized pixels and of normalised values.</summary>
public enum ProcessorVariant
{
    /// <summary>Pillow: <see cref="PillowResize"/>, then rescaling and normalising in two float32 steps.</summary>
    Slow,

    /// <summary>torchvision: <see cref="TensorResize"/>, then rescaling and normalising in one.</summary>
    Fast,
}
