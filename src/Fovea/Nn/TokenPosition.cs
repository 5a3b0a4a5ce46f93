namespace Fovea.Nn;

/// <summary>A token's place for rotary embedding: one number for text and 1-D models, three for visual tokens of models with multimodal rotary embedding.</summary>
/// <param name="Temporal">Time, and the only axis of 1-D models.</param>
/// <param name="Height">Row.</param>
/// <param name="Width">Column.</param>
public readonly record struct TokenPosition(int Temporal, int Height, int Width)
{
    /// <summary>The same number on all axes.</summary>
    public static TokenPosition At(int position) => new(position, position, position);

    /// <summary>The largest coordinate.</summary>
    public int Max => Math.Max(Temporal, Math.Max(Height, Width));
}
