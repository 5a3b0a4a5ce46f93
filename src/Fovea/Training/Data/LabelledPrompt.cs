namespace Fovea.Training.Data;

/// <summary>A conversation as a model learns it.</summary>
/// <param name="Ids">The tokens, −200 for each picture.</param>
/// <param name="Labels">The tokens that are learnt, −100 for the others; as long as the ids.</param>
/// <param name="IsMismatch">Whether nothing is learnt because the rounds could not be told apart.</param>
public sealed record LabelledPrompt(int[] Ids, int[] Labels, bool IsMismatch)
{
    /// <summary>The label of what is not learnt.</summary>
    public const int Ignored = -100;
}
