using Fovea.Imaging;

namespace Fovea.Training.Differentiable;

/// <summary>One sample as the model learns it.</summary>
/// <param name="Tokens">The prompt and answers, with as many image tokens as the pictures have visual tokens.</param>
/// <param name="Labels">What each token is learnt as; <see cref="Tensors.Autograd.Tape.IgnoredLabel"/> = not learnt.</param>
/// <param name="Images">The pictures, in the order of their tokens.</param>
public sealed record TrainingSequence(IReadOnlyList<int> Tokens, IReadOnlyList<int> Labels, IReadOnlyList<Image> Images)
{
    /// <summary>Labels that count: the first is nothing's next token.</summary>
    public int ValidLabels => Labels.Skip(1).Count(label => label != Tensors.Autograd.Tape.IgnoredLabel);
}
