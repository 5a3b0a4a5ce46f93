namespace Fovea.Training;

/// <summary>What one optimizer step did.</summary>
/// <param name="Step">Its number, from 0.</param>
/// <param name="LearningRate">The rate it used.</param>
/// <param name="Loss">The loss it descended.</param>
/// <param name="MicroLosses">The mean loss of each micro-batch.</param>
/// <param name="ValidLabels">The labels that counted, by micro-batch.</param>
/// <param name="GradientNorm">The norm of all gradients before clipping.</param>
public sealed record StepReport(
    int Step, double LearningRate, double Loss, IReadOnlyList<double> MicroLosses, IReadOnlyList<int> ValidLabels, double GradientNorm);
