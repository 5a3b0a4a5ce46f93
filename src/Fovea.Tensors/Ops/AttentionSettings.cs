namespace Fovea.Tensors.Ops;

/// <summary>What all segments of one attention call share.</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="KeyValueHeads">Key/value heads; query head h reads head h / (Heads / KeyValueHeads).</param>
/// <param name="HeadSize">Numbers per head.</param>
/// <param name="Scale">Factor of the scores, usually HeadSize^-½.</param>
/// <param name="Causal">Whether query i of q sees only the first keys − q + i + 1 keys.</param>
/// <param name="Window">How many of the latest visible keys a query sees, itself included; 0 = all.</param>
public readonly record struct AttentionSettings(int Heads, int KeyValueHeads, int HeadSize, float Scale, bool Causal, int Window = 0);
