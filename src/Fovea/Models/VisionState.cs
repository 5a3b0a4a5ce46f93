using Fovea.Tensors;

namespace Fovea.Models;

/// <summary>The residual stream of an encoder on its way through the blocks. Encoders that need more derive from it.</summary>
/// <param name="States">[tokens, width], the pieces that attend to each other end to end; rented.</param>
/// <param name="Offsets">Where each piece starts, and the end.</param>
/// <param name="Input">What was embedded.</param>
public record VisionState(Tensor States, int[] Offsets, VisualInput Input)
{
    /// <summary>Copies of the stream that the features are made of, by index of hidden state (0 = input of block 0).</summary>
    public Dictionary<int, Tensor> HiddenStates { get; } = [];

    /// <summary>The language model's final state at the end of the question, [1, hidden size], where the features depend on it; rented.</summary>
    public Tensor? TextFeature { get; set; }
}
