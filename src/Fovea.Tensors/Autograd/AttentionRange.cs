namespace Fovea.Tensors.Autograd;

/// <summary>One sequence of a packed attention call: a run of query rows, and the run of keys that they may see.</summary>
/// <param name="QueryStart">First query row.</param>
/// <param name="QueryCount">Number of query rows; runs of queries do not overlap.</param>
/// <param name="KeyStart">First key row.</param>
/// <param name="KeyCount">Number of keys; several sequences may share keys.</param>
public readonly record struct AttentionRange(int QueryStart, int QueryCount, int KeyStart, int KeyCount);
