using Fovea.Imaging;
using Fovea.Models.Llava;
using Fovea.Tensors.Autograd;

namespace Fovea.Training.Differentiable;

/// <summary>One sample as the model learns it.</summary>
/// <param name="Tokens">The prompt and answers, <see cref="Picture"/> for each picture.</param>
/// <param name="Labels">What each token is learnt as; <see cref="Tape.IgnoredLabel"/> = not learnt.</param>
/// <param name="Images">The pictures, in the order of their tokens.</param>
public sealed record TrainingSequence(IReadOnlyList<int> Tokens, IReadOnlyList<int> Labels, IReadOnlyList<Image> Images)
{
    /// <summary>What stands for a picture among the tokens; the model puts its visual tokens there.</summary>
    public const int Picture = OriginalConfig.ImageToken;
}
