using Fovea.Models;
using Fovea.Tensors.Autograd;
using Fovea.Tensors.ElementTypes;
using Fovea.Tensors.Ops;

namespace Fovea.Training.Differentiable;

/// <summary>A vision-language model on a tape: it learns samples and is saved as the checkpoint that it was loaded from. Not safe for concurrent use.</summary>
public abstract class TrainableModel : IDisposable
{
    /// <summary>All parameters, trained or not, under the names that they are saved by; those of the vision tower, which is never trained, left out.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The parameters that are trained.</summary>
    public abstract IReadOnlyList<Parameter> Trained { get; }

    /// <summary>Visual tokens of one picture.</summary>
    public abstract int VisualTokens { get; }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="isTrained">Whether the parameter of a stored name is trained.</param>
    /// <param name="compute">Packs the vision tower.</param>
    /// <param name="checkpointing">Whether layers are computed once more on the way back.</param>
    /// <exception cref="InvalidDataException">A file is wrong; the message names file, key or weight.</exception>
    /// <exception cref="NotSupportedException">A family, or a member of it, that cannot be trained.</exception>
    public static TrainableModel Load(CheckpointFolder folder, Func<string, bool> isTrained, Compute compute, bool checkpointing = false)
    {
        string family = KnownModels.Find(folder).ModelType;
        return family switch
        {
            "llava" or "llava_llama" or "llava_mistral" or "llava_qwen" => DifferentiableLlava.Load(folder, isTrained, compute, checkpointing),
            _ => throw new NotSupportedException(
                $"{folder.Path}: models of the type {family} cannot be trained; llava (LLaVA-1.5) and llava_llama, llava_mistral and llava_qwen (LLaVA in its authors' layout, with QueCC or without) can."),
        };
    }

    /// <summary>The samples as the model runs them, with the number of labels that count.</summary>
    /// <exception cref="ArgumentException">A sample has another number of labels than tokens, or of pictures than places for them.</exception>
    public abstract PackedBatch Pack(IReadOnlyList<TrainingSequence> batch);

    /// <summary>Σ of the losses of all labels of a micro-batch, divided by <paramref name="denominator"/>: [1].</summary>
    /// <exception cref="ArgumentException">As <see cref="Pack"/>; or a token or label is outside the vocabulary.</exception>
    public abstract Variable Loss(Tape tape, IReadOnlyList<TrainingSequence> batch, double denominator);

    /// <summary>
    /// Writes the model as a whole checkpoint, under another name beside the folder first. A folder that does not exist appears all at once; in one that
    /// exists, the files of the checkpoint are replaced one by one, its <c>config.json</c> last, and no others are touched.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="elementType">f32, f16 or bf16, rounded to nearest even; none = each weight as it was stored.</param>
    /// <exception cref="IOException">The folder cannot be written, or what was loaded cannot be read any more.</exception>
    /// <exception cref="InvalidDataException">A weight is too large for its type; nothing was written.</exception>
    public abstract void Save(string folder, ElementType? elementType = null);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees tower and parameters.</summary>
    protected abstract void Dispose(bool disposing);
}
