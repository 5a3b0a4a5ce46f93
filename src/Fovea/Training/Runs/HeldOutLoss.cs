using Fovea.Tensors.Autograd;
using Fovea.Training.Data;

namespace Fovea.Training.Runs;

/// <summary>The mean loss of all labels of the samples that are held out. Changes nothing of the run.</summary>
internal static class HeldOutLoss
{
    /// <summary>Measures; also how many labels counted.</summary>
    public static (double Loss, int Labels) Measure(TrainingSetup setup, SampleLoader loader)
    {
        double sum = 0;
        int labels = 0;
        foreach (int[] indices in Enumerable.Range(0, setup.Held.Count).Chunk(setup.Options.PerDeviceTrainBatchSize))
        {
            var batch = loader.Load(indices);
            int own = batch.Length == 0 ? 0 : setup.Model.Pack(batch).ValidLabels;
            if (own > 0)
            {
                using var tape = new Tape(setup.Compute) { RoundsProducts = setup.Options.Bf16 };
                sum += tape.Detach(detached => setup.Model.Loss(detached, batch, 1)).Value.AsSpan<float>()[0];
                labels += own;
            }
        }

        return (sum / Math.Max(1, labels), labels);
    }
}
