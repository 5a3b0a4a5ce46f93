namespace Fovea.Imaging;

/// <summary>Which axis Pillow resizes first. The picture between the passes has 8 bits, so the order is seen in the last digit of many pixels.</summary>
public enum PassOrder
{
    /// <summary>Pillow 13: vertical first if the height shrinks, and by more than twice what the width shrinks; otherwise horizontal first.</summary>
    ByShrinkage,

    /// <summary>Pillow up to 12: horizontal first.</summary>
    HorizontalFirst,
}
