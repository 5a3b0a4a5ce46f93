namespace Fovea.Tensors.Ops;

/// <summary>One sequence of an attention call: a run of query rows and the keys and values that they see.</summary>
/// <param name="QueryStart">First row in the query buffer.</param>
/// <param name="QueryCount">Number of query rows.</param>
/// <param name="Keys">[rows, kvHeads · headSize], or by head [kvHeads, capacity, headSize] as a cache keeps them, in any type that <see cref="Kernels.AttentionEntry"/> has.</param>
/// <param name="Values">As <paramref name="Keys"/>.</param>
/// <param name="KeyStart">First key row.</param>
/// <param name="KeyCount">Number of keys.</param>
/// <param name="KeyBias">[at least KeyCount], the first added to every score of a key before the softmax; none = 0.</param>
/// <param name="Capture">Probabilities to write down on the way, or none.</param>
public readonly record struct AttentionSegment(
    int QueryStart, int QueryCount, Tensor Keys, Tensor Values, int KeyStart, int KeyCount, Tensor? KeyBias = null, AttentionCapture? Capture = null);
