using Fovea.Tensors;

namespace Fovea.Models;

/// <summary>The residual stream of an encoder on its way through the blocks.</summary>
/// <param name="States">[tokens, width], the tiles end to end; rented.</param>
/// <param name="Offsets">Where each tile starts, and the end.</param>
public sealed record VisionState(Tensor States, int[] Offsets)
{
    /// <summary>Copies of the stream that the features are made of, by index of hidden state (0 = input of block 0).</summary>
    public Dictionary<int, Tensor> HiddenStates { get; } = [];
}
