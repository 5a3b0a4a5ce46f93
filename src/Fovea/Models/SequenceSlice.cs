using Fovea.Nn;
using Fovea.Tensors.Ops;

namespace Fovea.Models;

/// <summary>The rows of one sequence in a packed batch, at one layer.</summary>
/// <param name="Start">First row.</param>
/// <param name="Count">Number of rows.</param>
/// <param name="Cache">The layer's cache of this sequence.</param>
/// <param name="Sizes">How many original tokens each row stands for, where attention is to be proportional to it; empty = one each.</param>
/// <param name="Capture">Attention rows that somebody asked for, or none.</param>
public readonly record struct SequenceSlice(int Start, int Count, KvCacheLayer Cache, ReadOnlyMemory<float> Sizes = default, AttentionCapture? Capture = null);
