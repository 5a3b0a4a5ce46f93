using Fovea.Tensors.ElementTypes;

namespace Fovea.Tensors.Serialization;

/// <summary>What a header says of one tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="ElementType">Its element type.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Start">First byte, counted from the end of the header.</param>
/// <param name="End">One behind the last byte.</param>
internal readonly record struct SafetensorsEntry(string Name, ElementType ElementType, Shape Shape, long Start, long End);
