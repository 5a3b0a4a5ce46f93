using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>A storage that a pickle refers to: one type of number, kept outside it under a key.</summary>
/// <param name="Key">Its name in the archive.</param>
/// <param name="ElementType">The type of its numbers.</param>
/// <param name="Count">How many there are.</param>
internal sealed record TorchStorage(string Key, ElementType ElementType, long Count);

/// <summary>A tensor as a pickle describes it, not checked yet: a window on a storage, in elements.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Offset">First element.</param>
/// <param name="Size">Extents.</param>
/// <param name="Stride">Distance of neighbours along each axis.</param>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, long[] Size, long[] Stride);
