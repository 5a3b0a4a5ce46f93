namespace Fovea.Training;

/// <summary>What the losses of a step are divided by.</summary>
public enum LossNormalization
{
    /// <summary>Each micro-batch by its own labels, then by the number of micro-batches: LLaVA's rule.</summary>
    MicroBatchMean,

    /// <summary>The sum over all micro-batches by all their labels.</summary>
    TokenWeighted,
}
