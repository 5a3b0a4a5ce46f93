using Fovea.Tensors;

namespace Fovea.Generation;

/// <summary>A signal on its way from the layer that made it to the stage that looks at it.</summary>
/// <param name="Values">Its values; owned by the run.</param>
/// <param name="Columns">For each unreduced visual token its column in the values.</param>
internal readonly record struct CapturedSignal(Tensor Values, int[] Columns);
