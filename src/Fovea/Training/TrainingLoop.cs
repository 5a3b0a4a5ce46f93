using Fovea.Tensors.Autograd;
using Fovea.Tensors.Ops;
using Fovea.Training.Optimization;

namespace Fovea.Training;

/// <summary>Optimizer steps over micro-batches: accumulate, clip, move. The same to the last bit for a number of threads.</summary>
/// <typeparam name="TBatch">A micro-batch.</typeparam>
/// <param name="compute">Where it computes; used by nothing else meanwhile.</param>
/// <param name="optimizer">Moves the parameters.</param>
/// <param name="schedule">The learning rate of each step.</param>
public sealed class TrainingLoop<TBatch>(Compute compute, AdamW optimizer, LearningRateSchedule schedule)
{
    /// <summary>Records Σ of a micro-batch's losses divided by the last argument.</summary>
    public required Func<Tape, TBatch, double, Variable> Loss { get; init; }

    /// <summary>Labels of a micro-batch that count.</summary>
    public required Func<TBatch, int> ValidLabels { get; init; }

    /// <summary>What losses are divided by.</summary>
    public LossNormalization Normalization { get; init; }

    /// <summary>The longest that all gradients together may be; none = any length.</summary>
    public double? MaxGradientNorm { get; init; }

    /// <summary>Whether what enters matrix products is rounded to bf16, see <see cref="Tape.RoundsProducts"/>.</summary>
    public bool RoundsProducts { get; init; }

    /// <summary>Called when the gradients of a step are complete, before they are clipped; none = nobody.</summary>
    public Action? GradientsReady { get; init; }

    /// <summary>One optimizer step. A micro-batch without labels counts with the loss zero.</summary>
    /// <exception cref="InvalidDataException">The loss or a gradient is not a number; no parameter was moved.</exception>
    public StepReport Step(IReadOnlyList<TBatch> microBatches)
    {
        Parameter[] parameters = [.. optimizer.Groups.SelectMany(group => group.Parameters)];
        foreach (var parameter in parameters)
        {
            parameter.ClearGradient();
        }

        int[] labels = [.. microBatches.Select(ValidLabels)];
        var means = new double[labels.Length];
        double loss = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            double own = Math.Max(1, labels[i]);
            double denominator = Normalization == LossNormalization.MicroBatchMean ? own * labels.Length : Math.Max(1, labels.Sum());
            double share = labels[i] == 0 ? 0 : Descend(microBatches[i], denominator);
            means[i] = share * denominator / own;
            loss += share;
        }

        int step = optimizer.Steps;
        if (!double.IsFinite(loss))
        {
            throw new InvalidDataException($"The loss is {loss}; no parameter was moved.");
        }

        GradientsReady?.Invoke();
        double norm = GradientClipping.Norm(parameters), rate = schedule.At(step);
        if (!double.IsFinite(norm))
        {
            throw new InvalidDataException($"The norm of the gradients is {norm}; no parameter was moved.");
        }

        optimizer.Step(rate, GradientClipping.Scale(norm, MaxGradientNorm));
        return new StepReport(step, rate, loss, means, labels, norm);
    }

    private double Descend(TBatch batch, double denominator)
    {
        using var tape = new Tape(compute) { RoundsProducts = RoundsProducts };
        var loss = Loss(tape, batch, denominator);
        tape.Backward(loss);
        return loss.Value.AsSpan<float>()[0];
    }
}
