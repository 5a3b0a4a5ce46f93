using Fovea.Imaging;
using Fovea.Tensors;

namespace Fovea.Models.Qwen;

/// <summary>The stream of a Qwen encoder; with windows, in their order from the first block to the last.</summary>
/// <param name="States">[patches, width]; rented.</param>
/// <param name="Offsets">Where each frame starts, and the end.</param>
/// <param name="Input">What was embedded.</param>
/// <param name="Cos">Cosines of the patches' places, [patches, head size / 2]; rented.</param>
/// <param name="Sin">Sines, as <paramref name="Cos"/>.</param>
/// <param name="Windows">Order and offsets of the windows, or none.</param>
internal sealed record QwenVisionState(Tensor States, int[] Offsets, VisualInput Input, Tensor Cos, Tensor Sin, EncoderWindows? Windows) : VisionState(States, Offsets, Input);
