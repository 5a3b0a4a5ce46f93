using Fovea.Reduction;
using Fovea.Tensors;

namespace Fovea.Generation;

/// <summary>A signal on its way from the layer that made it to the stage that looks at it.</summary>
/// <param name="Values">Its values; owned by the run.</param>
/// <param name="Columns">For each visual token that there is now its column in the values, or none where a signal has no columns.</param>
internal sealed record CapturedSignal(Tensor Values, int[] Columns)
{
    /// <summary>Follows the tokens through a reduction: each output has the column of its representative.</summary>
    public CapturedSignal Through(TokenMap map) => Columns.Length == 0 ? this : this with { Columns = map.AtRepresentatives<int>(Columns) };
}
